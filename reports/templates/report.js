/* Filters, deep links and printing. Without this script every finding is still readable.
   The address carries the state: #severity=high,low&server=…&rule=…&q=… or #finding-… */
"use strict";
(() => {
  const form = document.getElementById("filters");
  const closed = []; // details that printing opened

  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open])")) {
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
    if (!target || !target.closest("#access, #servers")) return;
    for (let part = target; part; part = part.parentElement) {
      if (part.localName === "details") part.open = true;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
  if (!form) return;

  const VISIBLE = ".chunk:not([hidden]) > .finding:not([hidden])";
  const number = new Intl.NumberFormat("en-US");
  const buttons = [...form.querySelectorAll(".severities button")];
  const { q, server, rule } = form.elements;
  const showing = document.getElementById("showing");
  const nothing = document.getElementById("nothing");
  const findings = document.getElementById("findings");
  const openAll = document.getElementById("open-all");

  // One pass over the document; afterwards filtering reads only this.
  const groups = [...document.querySelectorAll(".group")].map((element) => ({
    element,
    count: element.querySelector(".shown"),
    chunks: [...element.querySelectorAll(".chunk")].map((chunk) => ({
      element: chunk,
      within: chunk.childElementCount,
      rows: [...chunk.querySelectorAll(".finding")].map((row) => ({
        element: row,
        severity: row.dataset.severity,
        server: row.dataset.server,
        rule: row.dataset.rule,
        text: null,
        visible: true,
      })),
    })),
  }));
  for (const group of groups) group.rows = group.chunks.flatMap((chunk) => chunk.rows);
  const total = groups.reduce((sum, group) => sum + group.rows.length, 0);

  /* What a row can be searched for: all it says but the advice, which is the rule's. */
  const textOf = (row) => {
    if (row.text === null) {
      const parts = row.element.querySelectorAll("summary, .facts");
      row.text = Array.from(parts, (part) => part.textContent).join(" ").toLowerCase();
    }
    return row.text;
  };

  /* The first search would have to read all of them at once. */
  const unread = groups.flatMap((group) => group.rows);
  const readAhead = (idle) => {
    while (unread.length && idle.timeRemaining() > 2) textOf(unread.pop());
    if (unread.length) requestIdleCallback(readAhead);
  };
  if (window.requestIdleCallback) requestIdleCallback(readAhead);

  const pressed = () =>
    buttons.filter((button) => button.ariaPressed === "true").map((button) => button.value);

  /* Touches as few elements as can be: a chunk without a match is hidden as a whole. */
  const show = (chunk, within) => {
    if (within) {
      for (const row of chunk.rows) {
        if (row.element.hidden === row.visible) row.element.hidden = !row.visible;
      }
    }
    if (chunk.within === within) return;
    chunk.within = within;
    chunk.element.hidden = !within;
    // What is out of sight is not laid out, so its height has to be told.
    if (within) chunk.element.style.containIntrinsicSize = `auto ${within * 4}rem`;
  };

  const apply = () => {
    const severities = pressed();
    const [wantedServer, wantedRule] = [server.value, rule.value];
    const words = q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const group of groups) {
      let here = 0;
      for (const chunk of group.chunks) {
        let within = 0;
        for (const row of chunk.rows) {
          const visible =
            (!severities.length || severities.includes(row.severity)) &&
            (!wantedServer || row.server === wantedServer) &&
            (!wantedRule || row.rule === wantedRule) &&
            (!words.length || words.every((word) => textOf(row).includes(word)));
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
    nothing.hidden = shown > 0;
    form.classList.toggle("active", shown < total);
    showing.textContent =
      shown === total
        ? `Showing all ${number.format(total)}`
        : `Showing ${number.format(shown)} of ${number.format(total)}`;
    label();
  };

  /* The address follows a moment later: browsers limit how often it may change. */
  let timer = 0;
  const remember = () => {
    clearTimeout(timer);
    timer = setTimeout(write, 150);
  };
  const write = () => {
    const state = new URLSearchParams();
    const values = { severity: pressed().join(","), server: server.value, rule: rule.value, q: q.value };
    for (const [name, value] of Object.entries(values)) if (value) state.set(name, value);
    history.replaceState(null, "", `#${state}`.replaceAll("%2C", ","));
  };

  const set = (state) => {
    const severities = (state.get("severity") || "").split(",");
    for (const button of buttons) button.ariaPressed = String(severities.includes(button.value));
    q.value = state.get("q") || "";
    for (const select of [server, rule]) {
      select.value = state.get(select.name) || "";
      if (select.selectedIndex < 0) select.value = ""; // an address from another report
    }
    apply();
  };

  /* Does what the address says: opens a finding, or sets the filters. */
  const follow = () => {
    clearTimeout(timer);
    const hash = location.hash.slice(1);
    const target = hash && document.getElementById(hash);
    if (!target) {
      if (!hash || hash.includes("=")) set(new URLSearchParams(hash));
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
    const some = document.querySelector(`${VISIBLE} > details:not([open])`);
    openAll.textContent = some ? "Open all" : "Close all";
    openAll.disabled = !nothing.hidden;
  };

  for (const button of buttons) {
    button.disabled = button.querySelector("b").textContent === "0";
    button.addEventListener("click", () => {
      button.ariaPressed = String(button.ariaPressed !== "true");
      apply();
      remember();
    });
  }
  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    set(new URLSearchParams());
    remember();
  });
  openAll.addEventListener("click", () => {
    const open = openAll.textContent === "Open all";
    for (const details of visibleDetails()) details.open = open;
    label();
  });
  let frame = 0; // "toggle" comes once for each of perhaps thousands
  findings.addEventListener("toggle", () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(label);
  }, true);
  addEventListener("hashchange", () => {
    follow();
    if (location.hash.includes("=")) findings.focus(); // from a link further down
  });

  for (const part of form.querySelectorAll("[hidden]")) part.hidden = false;
  form.classList.add("live");
  if (location.hash) follow();
  else apply();
  // The browser goes to the address once more when everything is there, and takes the focus.
  addEventListener("load", () => {
    if (location.hash.startsWith("#finding-")) requestAnimationFrame(follow);
  });
})();
