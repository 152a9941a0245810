"""`evidoc serve`."""

from pathlib import Path

import click

from evidoc.cli.options import data_option
from evidoc.server.assembly import RunningHouse
from evidoc.server.serve import bind, set_up_log, url_of
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
    house = RunningHouse(settings)
    try:
        listener = bind(settings, house.keys.any())
        serve_on(
            house.application(),
            listener,
            settings,
            lambda: click.echo(
                f"Evidoc is ready at {url_of(listener)} (documentation at /docs, data in {settings.data})"
            ),
        )
    finally:
        house.close()
