"""`huxiao-flash completion`: let the shell complete verbs and options."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """输出补全脚本。 Print the completion script of SHELL.

    \b
    bash: huxiao-flash completion bash > ~/.local/share/bash-completion/completions/huxiao-flash
    zsh:  huxiao-flash completion zsh > ~/.zfunc/_huxiao-flash
    fish: huxiao-flash completion fish > ~/.config/fish/completions/huxiao-flash.fish
    """  # noqa: D301 - click's own sign
    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(shell)
    click.echo(made(ctx.find_root().command, {}, "huxiao-flash", "_HUXIAO_FLASH_COMPLETE").source())
