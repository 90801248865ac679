"""`okta-auditor completion`: print what makes a shell complete our words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from auditor.cli.completion import VARIABLE
from auditor.cli.printing import print_document
from auditor.lint.presentation import PROGRAM

# Bash takes a colon for the end of a word, and scopes are full of them.
_COLONS = "COMP_WORDBREAKS=${COMP_WORDBREAKS//:/}\n"


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    r"""Print what makes a shell complete commands, options, rule codes and names.

    Servers, clients and scopes are those of the snapshot that the line names.

    \b
    bash  eval "$(okta-auditor completion bash)"         in ~/.bashrc
    zsh   eval "$(okta-auditor completion zsh)"          in ~/.zshrc, after compinit
    fish  okta-auditor completion fish | source          in ~/.config/fish/config.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise RuntimeError(shell)  # the choice above lists what click has
    script = kind(ctx.find_root().command, {}, PROGRAM, VARIABLE).source()
    print_document(f"{_COLONS if shell == 'bash' else ''}{script}")
