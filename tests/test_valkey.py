"""The embedded Valkey listens on a private socket only, and survives being ended."""

from pathlib import Path

from redis import Redis

from tests.support.redis import RunningValkey


def test_it_listens_on_no_port_and_only_its_owner_may_enter(valkey: RunningValkey) -> None:
    with Redis.from_url(valkey.url) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    socket = Path(valkey.url.removeprefix("unix://").partition("?")[0])
    assert socket.parent.stat().st_mode & 0o077 == 0


def test_what_it_was_told_is_there_after_a_restart(valkey: RunningValkey) -> None:
    with Redis.from_url(valkey.url) as client:
        client.set("bell", "rung")
    valkey.stop()
    valkey.start()
    with Redis.from_url(valkey.url, decode_responses=True) as client:
        assert client.get("bell") == "rung"


def test_a_long_data_folder_gets_a_short_socket(tmp_path: Path) -> None:
    running = RunningValkey(tmp_path / ("deep" * 30))
    running.start()
    assert len(running.url) < 110
    running.close()
