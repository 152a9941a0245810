"""`evidoc serve`."""

from contextlib import closing
from pathlib import Path

import click

from evidoc.cli.options import data_option
from evidoc.server.assembly import RunningHouse
from evidoc.server.serve import bind, end_process, refuse_strangers, set_up_log, url_of
from evidoc.server.serve import serve as serve_on
from evidoc.server.settings import load


@click.command()
@click.option("--host", help="The address to listen on (EVIDOC_HOST; 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one (EVIDOC_PORT; 8000).")
@data_option
def serve(host: str | None, port: int | None, data: Path | None) -> None:
    """Serve the API until told to stop (Ctrl-C or SIGTERM; requests under way are finished).

    Without API keys the server answers this machine only. To serve others, make a key first.

    \b
    Examples:
      evidoc serve
      evidoc serve --port 9000 --data /srv/evidoc
      evidoc keys create mine && evidoc serve --host 0.0.0.0
    """
    settings = load(host=host, port=port, data=data)
    set_up_log(settings.log_level)
    with bind(settings) as listener, closing(RunningHouse(settings)) as house:
        if not house.keys.any():
            refuse_strangers(listener, settings)

        def say_ready() -> None:
            url = url_of(listener)
            click.echo(f"Evidoc is ready at {url} (documentation at {url}/docs, data in {settings.data})")

        serve_on(house.application(), listener, settings, say_ready, house.let_go)
    end_process()
