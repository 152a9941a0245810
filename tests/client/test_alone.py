"""The client installs and works without the server."""

import subprocess
import sys
import sysconfig
import textwrap
import tomllib
from pathlib import Path

import evidoc_client

ROOT = Path(__file__).parents[2]

# What httpx needs, and nothing else that happens to be installed here.
NEEDED = ("httpx", "httpcore", "h11", "anyio", "certifi", "idna", "sniffio", "typing_extensions.py")


def test_its_wheel_installs_alone_and_knows_no_server(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheels, target, needed = tmp_path / "wheels", tmp_path / "target", tmp_path / "needed"
    source = str(ROOT / "packaging" / "evidoc-client")
    subprocess.run([*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", wheels, source], check=True)
    (wheel,) = wheels.iterdir()
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", target, wheel], check=True)
    needed.mkdir()
    installed = Path(sysconfig.get_paths()["purelib"])
    for name in NEEDED:
        if (installed / name).exists():
            (needed / name).symlink_to(installed / name)
    asked = textwrap.dedent(f"""
        import importlib.util, sys
        sys.path[:0] = [{str(target)!r}, {str(needed)!r}]
        import evidoc_client
        assert evidoc_client.__file__.startswith({str(target)!r}), evidoc_client.__file__
        assert importlib.util.find_spec("evidoc") is None
        with evidoc_client.Client("http://127.0.0.1:9", retries=evidoc_client.Retries(times=0)) as client:
            try:
                client.health()
            except evidoc_client.ServerUnreachable:
                print("alone", sorted(name for name in sys.modules if name.partition(".")[0] == "evidoc"))
    """)
    # Isolated and without site-packages: only the two folders are seen.
    done = subprocess.run([sys.executable, "-I", "-S", "-c", asked], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("alone []\n", "")
    assert (target / "evidoc_client" / "py.typed").exists()


def test_it_has_the_version_of_the_server() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert evidoc_client.__version__ == project["version"]


def test_importing_it_does_nothing_and_reads_no_settings() -> None:
    asked = "import sys, threading, evidoc_client; print(threading.active_count(), 'asyncio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("1 ")
