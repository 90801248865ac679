/* Filters, deep links and printing. Without this script every finding is still readable.
   The address carries the state: #severity=high,low&impact=broken&since=new&server=…&rule=…&q=… or #finding-…

   A browser takes a second or more to make the elements of thousands of findings, and the
   first frame after that lasts longer than a filter may. So all but the first of many are
   in <noscript>, which is one text where scripts run. Filters work on that text. Rows are
   made of it when they come near to sight, and all of them one after the other while there
   is nothing else to do, so that the browser's own search finds them. */
"use strict";
(() => {
  const form = document.getElementById("filters");
  const closed = []; // details that printing opened
  const unmade = []; // chunks that lack rows, the first one last

  addEventListener("beforeprint", () => {
    while (unmade.length) makeNext();
    for (const details of document.querySelectorAll("details:not([open])")) {
      if (details.closest("#rules")) continue; // a manual: the findings say what matters of it
      details.open = true;
      closed.push(details);
    }
  });
  addEventListener("afterprint", () => {
    for (const details of closed.splice(0)) details.open = false;
  });

  /* Opens what a link leads to, where that is folded away. */
  const unfold = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target || target.closest("#findings")) return;
    for (let part = target; part; part = part.parentElement) {
      if (part.localName === "details") part.open = true;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
  if (!form) return;

  const FIRST = 20; // rows that are made at once: as many as fit into a large window
  const VISIBLE = ".chunk:not([hidden]) > .finding:not([hidden])";
  const number = new Intl.NumberFormat("en-US");
  const buttons = [...form.querySelectorAll("fieldset button")];
  const severities = buttons.filter((button) => button.closest(".severities"));
  const impacts = buttons.filter((button) => button.closest(".impacts"));
  const newness = buttons.filter((button) => button.closest(".newness"));
  const { q, server, rule } = form.elements;
  const showing = document.getElementById("showing");
  const nothing = document.getElementById("nothing");
  const findings = document.getElementById("findings");
  const openAll = document.getElementById("open-all");

  // One pass over the document; afterwards filtering reads only this.
  // A row can be searched for all it says but the advice, which is the rule's.
  const ROW = '<li class="finding" ';
  const HEAD = /^id="([^"]*)" data-severity="([^"]*)" data-server="([^"]*)" data-rule="([^"]*)" data-impact="([^"]*)" data-since="([^"]*)"/;
  const decoded = (text) =>
    text.includes("&")
      ? text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#34;", '"')
        .replaceAll("&#39;", "'").replaceAll("&amp;", "&")
      : text;
  const written = (html) => {
    const [, id, severity, server, rule, impact, since] = HEAD.exec(html);
    const [summary, facts] = [html.indexOf("<summary>"), html.indexOf('<dl class="facts">')];
    const said = html.slice(summary, html.indexOf("</summary>")) + " " + html.slice(facts);
    const text = decoded(said.replace(/<[^>]*>/g, "")).toLowerCase();
    return { id, severity, server: decoded(server), rule, impact, since, text, html, element: null };
  };
  const present = (element) => {
    const parts = Array.from(element.querySelectorAll("summary, .facts"), (part) => part.textContent);
    return { id: element.id, ...element.dataset, text: parts.join(" ").toLowerCase(), element };
  };
  const chunkOf = (element) => {
    const later = element.localName === "noscript";
    const rows = later
      ? element.textContent.split(ROW).slice(1).map(written)
      : Array.from(element.children, present);
    const chunk = { element, rows, within: rows.length, made: rows.length };
    for (const row of rows) row.visible = true;
    if (later) {
      chunk.made = 0;
      chunk.element = document.createElement("ol");
      chunk.element.role = "list";
      chunk.element.className = "chunk";
      element.replaceWith(chunk.element);
    }
    return chunk;
  };
  const groups = Array.from(document.querySelectorAll(".group"), (element) => ({
    element,
    count: element.querySelector(".shown"),
    chunks: Array.from(element.querySelectorAll(".chunk, noscript"), chunkOf),
  }));
  for (const group of groups) group.rows = group.chunks.flatMap((chunk) => chunk.rows);
  const chunks = groups.flatMap((group) => group.chunks);
  const total = groups.reduce((sum, group) => sum + group.rows.length, 0);

  const seen = (row) => row.visible;
  const every = () => true;

  /* Makes rows of a chunk, in their places: those that are wanted. */
  const make = (chunk, wanted) => {
    let last = null;
    for (const row of chunk.rows) {
      if (!row.element && wanted(row)) {
        const html = ROW + row.html;
        if (last) last.insertAdjacentHTML("afterend", html);
        else chunk.element.insertAdjacentHTML("afterbegin", html);
        row.element = last ? last.nextElementSibling : chunk.element.firstElementChild;
        row.element.hidden = !row.visible;
        chunk.made += 1;
        explain(row);
      }
      last = row.element || last;
    }
    size(chunk);
  };

  /* Why a rule exists is said once, on the rule's page. */
  const explain = ({ element, rule }) => {
    const reason = document.getElementById(`rule-${rule}`).querySelector(".reason");
    element.querySelector(".more").before(...reason.cloneNode(true).childNodes);
  };

  /* A chunk out of sight is not laid out, and one that lacks rows cannot be: the height has
     to be told. */
  const size = (chunk) => {
    const { style } = chunk.element;
    const height = `calc(${chunk.within} * var(--row))`;
    style.containIntrinsicSize = `auto ${height}`;
    style.minHeight = lacks(chunk) ? height : "";
    near.unobserve(chunk.element);
    if (lacks(chunk)) near.observe(chunk.element); // tells at once where it is
  };
  const lacks = (chunk) =>
    chunk.made < chunk.rows.length && chunk.rows.some((row) => row.visible && !row.element);

  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) make(chunks.find((chunk) => chunk.element === target), seen);
      }
    },
    { rootMargin: "100% 0px" },
  );
  if (form.matches(".many")) {
    for (const chunk of chunks) size(chunk);
    unmade.push(...chunks.filter(lacks).reverse());
  }

  const makeNext = () => make(unmade.pop(), every);
  const idle = window.requestIdleCallback || ((work) => setTimeout(work, 50));
  const makeRest = () => {
    makeNext();
    if (unmade.length) idle(makeRest);
  };
  if (unmade.length) idle(makeRest);

  const pressed = (choices) =>
    choices.filter((button) => button.ariaPressed === "true").map((button) => button.value);

  /* Touches as few elements as can be: a chunk without a match is hidden as a whole. */
  const show = (chunk, within) => {
    if (within) {
      for (const { element, visible } of chunk.rows) {
        if (element && element.hidden === visible) element.hidden = !visible;
      }
    }
    if (chunk.within === within && chunk.made === chunk.rows.length) return;
    chunk.within = within;
    chunk.element.hidden = !within;
    if (within) size(chunk);
  };

  const apply = () => {
    const wantedSeverities = pressed(severities);
    const wantedImpacts = pressed(impacts);
    const wantedNewness = pressed(newness);
    const [wantedServer, wantedRule] = [server.value, rule.value];
    const words = q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const group of groups) {
      let here = 0;
      for (const chunk of group.chunks) {
        let within = 0;
        for (const row of chunk.rows) {
          const visible =
            (!wantedSeverities.length || wantedSeverities.includes(row.severity)) &&
            (!wantedImpacts.length || wantedImpacts.includes(row.impact)) &&
            (!wantedNewness.length || wantedNewness.includes(row.since)) &&
            (!wantedServer || row.server === wantedServer) &&
            (!wantedRule || row.rule === wantedRule) &&
            (!words.length || words.every((word) => row.text.includes(word)));
          if (visible) within += 1;
          row.visible = visible;
        }
        show(chunk, within);
        here += within;
      }
      const all = group.rows.length;
      group.element.hidden = !here;
      group.count.textContent =
        here === all ? number.format(all) : `${number.format(here)} of ${number.format(all)}`;
      shown += here;
    }
    let left = FIRST;
    for (const chunk of chunks) {
      if (left > 0 && lacks(chunk)) make(chunk, seen);
      left -= chunk.within;
    }
    nothing.hidden = shown > 0;
    form.classList.toggle("active", shown < total);
    const filters = described();
    showing.textContent =
      lost +
      (shown < total ? `Showing ${number.format(shown)} of ` : "Showing all ") +
      number.format(total) +
      (filters && `: ${filters}`);
    lost = "";
    label();
  };

  /* The filters in words, which paper shows too. */
  const described = () => {
    const chosen = buttons.filter((button) => button.ariaPressed === "true");
    const words = chosen.map((button) => button.firstChild.textContent.trim());
    if (server.value) words.push(`server ${server.selectedOptions[0].dataset.name}`);
    if (rule.value) words.push(rule.value);
    if (q.value.trim()) words.push(`“${q.value.trim()}”`);
    return words.join(", ");
  };
  let lost = ""; // what the address names and this report does not have

  /* The address follows a moment later: browsers limit how often it may change. */
  let timer = 0;
  const remember = () => {
    clearTimeout(timer);
    timer = setTimeout(write, 150);
  };
  const write = () => {
    const state = new URLSearchParams();
    const values = {
      severity: pressed(severities).join(","),
      impact: pressed(impacts).join(","),
      since: pressed(newness).join(","),
      server: server.value,
      rule: rule.value,
      q: q.value,
    };
    for (const [name, value] of Object.entries(values)) if (value) state.set(name, value);
    history.replaceState(null, "", `#${state}`.replaceAll("%2C", ","));
  };

  /* Perhaps the address is from another report. */
  const lose = (what) => {
    lost += `Not in this report: ${what}. `;
  };

  const set = (state) => {
    for (const [name, choices] of [["severity", severities], ["impact", impacts], ["since", newness]]) {
      const chosen = (state.get(name) || "").split(",");
      for (const button of choices) button.ariaPressed = String(chosen.includes(button.value));
      if (chosen[0] && !pressed(choices).length) lose(`${name} “${chosen}”`);
    }
    q.value = state.get("q") || "";
    for (const select of [server, rule]) {
      select.value = state.get(select.name) || "";
      if (select.selectedIndex < 0) {
        select.value = "";
        lose(`${select.name} “${state.get(select.name)}”`);
      }
    }
    apply();
  };

  /* Does what the address says: opens a finding, or sets the filters. */
  const follow = () => {
    clearTimeout(timer);
    const hash = location.hash.slice(1);
    const later = hash && unmade.find((chunk) => chunk.rows.some((row) => row.id === hash));
    if (later) make(later, every);
    const target = hash && document.getElementById(hash);
    if (!target) {
      const gone = hash.startsWith("finding-");
      if (gone) lose("the finding of this link");
      if (!hash || gone || hash.includes("=")) set(new URLSearchParams(gone ? "" : hash));
      if (gone) requestAnimationFrame(begin); // where that is said
      return;
    }
    if (!target.matches(".finding")) return;
    if (!target.matches(VISIBLE)) set(new URLSearchParams());
    target.firstElementChild.open = true;
    target.scrollIntoView();
    target.querySelector("summary").focus({ preventScroll: true });
  };

  const visibleDetails = () => document.querySelectorAll(`${VISIBLE} > details`);
  const label = () => {
    const some = document.querySelector(`${VISIBLE} > details:not([open])`) || chunks.some(lacks);
    openAll.textContent = some ? "Open all" : "Close all";
    openAll.disabled = !nothing.hidden;
  };

  /* What was read is gone or moved: the reader goes on where the list begins. */
  const changed = () => {
    if (findings.getBoundingClientRect().top < 0) findings.scrollIntoView();
    remember();
  };

  for (const button of buttons) {
    button.disabled = button.querySelector("b").textContent === "0";
    button.addEventListener("click", () => {
      button.ariaPressed = String(button.ariaPressed !== "true");
      apply();
      changed();
    });
  }
  form.addEventListener("input", () => { apply(); changed(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    set(new URLSearchParams());
    changed();
  });
  openAll.addEventListener("click", () => {
    const open = openAll.textContent === "Open all";
    for (const chunk of chunks.filter(lacks)) make(chunk, seen);
    for (const details of visibleDetails()) details.open = open;
    label();
  });
  let frame = 0; // "toggle" comes once for each of perhaps thousands
  findings.addEventListener("toggle", () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(label);
  }, true);
  /* Where the list begins is where it is once the filtered rows are laid out. */
  const begin = () => {
    findings.focus({ preventScroll: true });
    findings.scrollIntoView();
    requestAnimationFrame(() => findings.scrollIntoView());
  };
  addEventListener("hashchange", () => {
    follow();
    if (location.hash.includes("=")) begin();
    else if (location.hash === "#findings" && form.matches(".active")) write();
  });

  for (const part of form.querySelectorAll("[hidden]")) part.hidden = false;
  form.classList.add("live");
  if (location.hash) follow();
  else apply();
  // The browser goes to the address once more when everything is there, and takes the focus.
  addEventListener("load", () => {
    if (location.hash.startsWith("#finding-")) requestAnimationFrame(follow);
    else if (location.hash.includes("=")) requestAnimationFrame(begin);
  });
})();
