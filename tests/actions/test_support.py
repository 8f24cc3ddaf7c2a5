"""The document for the administrator says nothing of anybody: planted words never appear in it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from telewelfare.actions.session import Session
from telewelfare.actions.support import support, support_text
from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.store.home import Identity
from telewelfare.store.incoming import News, Reply
from telewelfare.sync import history
from telewelfare.sync.bundle import Carried, Carrier
from telewelfare.sync.doctor import Step
from tests import eg

PEOPLE = 40


def planted() -> dict[str, list[str]]:
    """Two hundred words of a person's life, none like another."""
    return {
        "names": [f"สมปอง{n}กาญจน์" for n in range(PEOPLE)] + [f"Somchai{n}xyz" for n in range(20)],
        "ids": [f"{1_100_700_000_000 + 7_919 * n:013d}" for n in range(PEOPLE)],
        "phones": [f"08{n:02d}55{n:04d}" for n in range(PEOPLE)],
        "addresses": [f"บ้านเลขที่ {n}/77 ซอยกล้วย{n}ไม้" for n in range(PEOPLE)],
        "lines": [f"line{n}.me_secret" for n in range(20)],
    }


def everywhere(tmp_path: Path) -> tuple[Session, list[str]]:
    """A device that holds the words wherever words can stand."""
    words = planted()
    session = eg.session(tmp_path)
    edits = [
        Edit(
            "person",
            eg.new_id(),
            {"first_name": name, "cid": cid, "phone": phone, "address/house_no": address},
        )
        for name, cid, phone, address in zip(
            words["names"], words["ids"], words["phones"], words["addresses"], strict=False
        )
    ]
    journal = session.journal
    journal.commit(edits, eg.NOW)
    news = News(
        words["names"][50], RecordId(eg.new_id()), {"note": words["lines"][1]}, {}, 5, whole=False
    )
    codes = {n + 1: words["names"][40 + n] for n in range(10)}
    journal.take_in(Reply(10, codes, (news,), (), words["lines"][2], eg.NOW))
    journal.write_secret("draft", words["names"][51])
    journal.write_meta("last_ok", str(eg.NOW))
    for n in range(10):
        history.note(journal, Millis(eg.NOW + n), words["names"][50 + n])
    home = session.home.folder
    (home / "files").mkdir(exist_ok=True)
    for line in words["lines"]:
        (home / "files" / line).write_bytes(line.encode())
    (home / "settings.json").write_text(
        json.dumps({"theme": words["names"][52], "lang": words["phones"][3], "text_size": 20})
    )
    Carrier(home).take(_bundle(), eg.NOW)
    Carrier(home)._note(Carried(words["ids"][3], "taken", eg.NOW, 9))  # noqa: SLF001 - a name that was meddled with
    return session, [word for group in words.values() for word in group]


def _bundle() -> bytes:
    vector = Path(__file__).parents[1] / "sync" / "vectors" / "bundle.json"
    return base64.b64decode(json.loads(vector.read_text("utf-8"))["bundle"])


def test_none_of_two_hundred_planted_words_appears(tmp_path: Path) -> None:
    session, words = everywhere(tmp_path)
    steps = (Step("centre", "bad", words[0], 5), Step("clock", "warn", "clock", 1))
    told = support_text(session, steps)
    assert len(words) == 200
    assert [word for word in words if word in told] == []
    assert json.loads(told)["checks"] == ["centre bad other 5 ms", "clock warn clock 1 ms"]


def test_no_id_no_token_no_address_of_the_centre_appears(tmp_path: Path) -> None:
    session = eg.session(tmp_path, edits=[eg.case() for _ in range(5)])
    who: Identity = session.identity
    secret = "https://secret.example/path?token=abc#def"
    told = json.dumps(
        support(
            session.home,
            session.journal,
            _living_at(who, secret),
            eg.NOW,
        )
    )
    ids = [record.id for record in session.journal.of_kind("case")]
    for word in (
        who.device,
        who.worker,
        who.worker_name,
        who.centre_name,
        who.centre_key,
        who.epoch,
        "secret",
        "abc",
        "token",
        str(tmp_path),
        str(session.journal.read_secret("device_key")),
        *ids,
    ):
        assert word not in told, word


def _living_at(who: Identity, url: str) -> Identity:
    kept = {name: getattr(who, name) for name in Identity.__slots__}
    return Identity(**(kept | {"url": url}))


def test_what_helps_is_there(tmp_path: Path) -> None:
    session = eg.session(tmp_path, edits=[eg.case() for _ in range(5)])
    session.journal.take_in(Reply(2, {2: "forbidden"}, (), (), "c", eg.NOW))
    session.journal.write_meta("clock_off", "-7200000")
    history.note(session.journal, eg.NOW, "captive_portal")
    history.note(session.journal, eg.NOW, "")
    told = json.loads(support_text(session))
    assert told["records"] == {"case": 5}
    assert (told["waiting"], told["waiting_hours"]) == (3, 0)
    assert told["refused"] == {"forbidden": 1}
    assert told["clock_off_ms"] == -7_200_000
    assert told["rounds"][-2:] == [
        "2026-11-20T22:00:00.000+07:00 captive_portal",
        "2026-11-20T22:00:00.000+07:00 ok",
    ]
    assert told["machine"]["python"].startswith("3.")
    assert told["space"]["free"] > 0


def test_only_the_last_rounds_are_remembered(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    for n in range(50):
        history.note(session.journal, Millis(n), "offline")
    kept = history.lately(session.journal)
    assert (len(kept), kept[-1].at) == (history.KEPT, 49)
    session.journal.write_meta(history.META, "no list")
    assert history.lately(session.journal) == ()
