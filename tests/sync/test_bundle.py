"""A bundle: whoever carries it learns nothing, and whatever happens to it on the way is noticed."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from pathlib import Path
from typing import Final

import httpx
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.clock import Millis
from telewelfare.store.home import Opened
from telewelfare.sync import codec, twb
from telewelfare.sync.bundle import Carrier, Made, make, make_all
from telewelfare.sync.failures import Offline
from telewelfare.sync.protocol import MAX_BODY, Bundle
from telewelfare.sync.transport import Central
from tests import eg
from tests.sync.bad_centre import Answer, answering

VECTOR: Final = json.loads((Path(__file__).parent / "vectors" / "bundle.json").read_text("utf-8"))
CENTRE: Final = X25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["centre_private"]))
DEVICE: Final = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["device_private"]))
BUNDLE: Final = base64.b64decode(VECTOR["bundle"])
PUBLIC: Final = DEVICE.public_key().public_bytes_raw()
CENTRE_PUBLIC: Final = CENTRE.public_key().public_bytes_raw()


def sealed(packed: bytes, *, device: str = VECTOR["device"], number: int = 0) -> bytes:
    """A bundle made with keys that are the same in each run."""
    return twb.seal(
        packed,
        device=device,
        device_key=DEVICE,
        centre_key=CENTRE_PUBLIC,
        bundle_id=number.to_bytes(twb.ID, "big"),
        ephemeral=X25519PrivateKey.from_private_bytes(hashlib.sha256(bytes([number])).digest()),
    )


def opened(bundle: bytes, private: X25519PrivateKey = CENTRE, device: bytes = PUBLIC) -> bytes:
    """What the centre reads."""
    return twb.contents(twb.unseal(bundle, private), device)


def summed(bundle: bytes) -> bytes:
    """The same bytes with a sum that is right: what a clever hand would do."""
    return bundle[: -twb.SUM] + hashlib.sha256(bundle[: -twb.SUM]).digest()


def test_the_vector_of_the_documentation_is_made_and_opened_byte_for_byte() -> None:
    packed = base64.b64decode(VECTOR["packed"])
    made = twb.seal(
        packed,
        device=VECTOR["device"],
        device_key=DEVICE,
        centre_key=bytes.fromhex(VECTOR["centre_public"]),
        bundle_id=bytes.fromhex(VECTOR["id"]),
        ephemeral=X25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["ephemeral_private"])),
    )
    assert made == BUNDLE
    assert json.loads(opened(BUNDLE)) == VECTOR["document"]
    assert Bundle.model_validate(VECTOR["document"], extra="forbid").ops[0].n == 7
    assert twb.look(BUNDLE) == VECTOR["id"]


def test_a_flipped_byte_anywhere_is_refused() -> None:
    for place in range(len(BUNDLE)):
        changed = bytearray(BUNDLE)
        changed[place] ^= 0x40
        with pytest.raises(twb.BadBundle):
            opened(bytes(changed))


def test_a_flipped_byte_with_a_mended_sum_is_refused_all_the_same() -> None:
    for place in range(len(BUNDLE) - twb.SUM):
        changed = bytearray(BUNDLE)
        changed[place] ^= 0x01
        with pytest.raises(twb.BadBundle):
            opened(summed(bytes(changed)))


def test_every_byte_of_the_header_belongs_to_the_seal() -> None:
    """As if key and nonce were known: the seal alone does not open under another header."""
    bundle = sealed(codec.pack(b"{}", codec.ZSTD))
    header, body = bundle[: twb.HEADER], bundle[twb.HEADER : -twb.SUM]
    shared = CENTRE.exchange(X25519PublicKey.from_public_bytes(header[-twb.KEY :]))
    key, nonce = twb._derived(shared, header, CENTRE_PUBLIC)  # noqa: SLF001 - the point of this test
    assert AESGCM(key).decrypt(nonce, body, header)
    for place in range(twb.HEADER):
        other = bytearray(header)
        other[place] ^= 1
        with pytest.raises(InvalidTag):
            AESGCM(key).decrypt(nonce, body, bytes(other))


def test_what_was_cut_off_or_appended_is_told_apart() -> None:
    big = sealed(bytes(range(256)) * 40)
    for length in (0, 1, 7):
        with pytest.raises(twb.NotABundle):
            twb.look(big[:length])
    for length in (8, 57, 4_095, 4_096, len(big) - 1):
        with pytest.raises((twb.Cut, twb.Damaged)):
            twb.look(big[:length])
    with pytest.raises(twb.Cut):
        twb.look(big[:-1])
    for more in (b"\0", b"x" * 4_096, big):
        with pytest.raises(twb.Extended):
            twb.look(big + more)


def test_a_bundle_for_another_centre_is_known_as_one() -> None:
    with pytest.raises(twb.OtherCentre):
        opened(BUNDLE, X25519PrivateKey.generate())


def test_a_bundle_of_a_newer_version_is_known_as_one() -> None:
    newer = bytearray(BUNDLE)
    newer[8] = 2
    with pytest.raises(twb.Newer):
        twb.look(summed(bytes(newer)))


@pytest.mark.parametrize("other", [b"", b"PK\x03\x04", b"\xff\xd8\xff\xe0" + bytes(4_092)])
def test_some_other_file_is_known_as_one(other: bytes) -> None:
    with pytest.raises(twb.NotABundle):
        twb.look(other)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = codec.pack(bytes(twb.MAX_CONTENTS + 1), codec.ZSTD)
    assert len(bomb) < 5_000
    with pytest.raises(twb.TooLarge):
        opened(sealed(bomb))


def test_a_bundle_that_another_device_signed_is_refused() -> None:
    with pytest.raises(twb.Forged):
        opened(BUNDLE, device=Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(twb.Forged):
        opened(BUNDLE, device=b"no key")


def test_a_device_cannot_name_another() -> None:
    """The name is signed: what one device made never counts as another's."""
    made = sealed(b"x", device="daaaaaaa")
    found = twb.unseal(made, CENTRE)
    forged = twb.Opened(found.id, "dbbbbbbb", found.signature, found.signed, found.packed)
    assert b"daaaaaaa" in forged.signed


@given(st.binary(max_size=300), st.integers(0, 255))
def test_contents_come_back_whole(plain: bytes, number: int) -> None:
    bundle = sealed(codec.pack(plain, codec.ZSTD), number=number)
    assert opened(bundle) == plain
    assert len(bundle) in twb.CLASSES


def test_the_largest_bundle_fits_into_a_request() -> None:
    assert twb.LARGEST <= MAX_BODY
    inside = twb.SIGNATURE + 1 + len("daaaaaaa") + twb.LENGTH.size
    room = twb.LARGEST - twb.HEADER - twb.TAG - twb.SUM - inside
    assert twb.fits(room, "daaaaaaa")
    assert not twb.fits(room + 1, "daaaaaaa")
    assert len(sealed(bytes(room), device="daaaaaaa")) == twb.LARGEST
    with pytest.raises(twb.TooLarge):
        sealed(bytes(room + 1), device="daaaaaaa")


def test_two_bundles_of_the_same_work_have_nothing_in_common(tmp_path: Path) -> None:
    device = eg.opened(tmp_path)
    device.journal.commit([eg.case()], eg.NOW)
    first, second = made(device), made(device)
    assert len(first.bundle) == len(second.bundle) == twb.CLASSES[0]
    assert first.bundle[: len(twb.MAGIC) + 1] == second.bundle[: len(twb.MAGIC) + 1]
    same = [a == b for a, b in zip(first.bundle[9:], second.bundle[9:], strict=True)]
    assert sum(same) / len(same) < 0.02  # as often as chance gives


def made(device: Opened) -> Made:
    found = make(device.journal, device.identity, eg.NOW, app="0.1.0")
    assert found is not None
    return found


def test_nothing_of_the_work_or_its_maker_can_be_read_in_a_bundle_or_its_name(
    tmp_path: Path,
) -> None:
    device = eg.opened(tmp_path)
    device.journal.commit([eg.edit("person", first_name="ทองดี", last_name="มีสุข")], eg.NOW)
    found = made(device)
    who = device.identity
    for secret in (who.device, who.worker, who.worker_name, who.centre_name, "ทองดี", "person"):
        assert secret.encode() not in found.bundle
        assert secret not in found.name


def test_a_small_and_a_larger_day_have_the_same_length(tmp_path: Path) -> None:
    device = eg.opened(tmp_path)
    device.journal.commit([eg.case()], eg.NOW)
    one = made(device)
    device.journal.commit([eg.case() for _ in range(6)], eg.NOW)
    seven = made(device)
    assert (one.operations, seven.operations) == (1, 7)
    assert len(one.bundle) == len(seven.bundle)


def test_making_a_bundle_changes_nothing_on_the_device(tmp_path: Path) -> None:
    device = eg.opened(tmp_path)
    assert make(device.journal, device.identity, eg.NOW, app="") is None
    device.journal.commit([eg.case()], eg.NOW)
    before = device.journal.waiting()
    made(device)
    assert device.journal.waiting() == before
    assert before.pending == 1


def test_more_than_one_bundle_holds_goes_into_several(tmp_path: Path) -> None:
    device, chance = eg.opened(tmp_path), random.Random(9)
    long = [base64.b64encode(chance.randbytes(75_000)).decode() for _ in range(40)]
    device.journal.commit([eg.edit("person", alias=text) for text in long], eg.NOW)
    parts = make_all(device.journal, device.identity, eg.NOW, app="")
    assert len(parts) > 1
    assert sum(part.operations for part in parts) == 40
    assert parts[-1].left == 0
    assert [part.last for part in parts] == sorted({part.last for part in parts})


# ------------------------------------------------------------------ carrying


def test_what_is_carried_is_there_after_a_restart_and_kept_once(tmp_path: Path) -> None:
    first = Carrier(tmp_path).take(BUNDLE, eg.NOW)
    again = Carrier(tmp_path).take(BUNDLE, Millis(eg.NOW + 5))
    assert first == again
    assert Carrier(tmp_path).all() == (first,)
    assert (tmp_path / "carried" / f"{VECTOR['id']}.twb").read_bytes() == BUNDLE


def test_a_damaged_bundle_is_not_taken_along(tmp_path: Path) -> None:
    with pytest.raises(twb.Damaged):
        Carrier(tmp_path).take(BUNDLE[:-1] + bytes([BUNDLE[-1] ^ 1]), eg.NOW)
    assert Carrier(tmp_path).all() == ()


def test_a_bundle_of_a_newer_app_is_taken_along_for_the_centre_to_judge(tmp_path: Path) -> None:
    newer = bytearray(BUNDLE)
    newer[8] = 2
    assert Carrier(tmp_path).take(summed(bytes(newer)), eg.NOW).state == "waiting"


async def given_to(carrier: Carrier, answer: Answer) -> int:
    with answering(answer) as url:
        async with httpx.AsyncClient(base_url=url, timeout=5) as http:
            return await carrier.forward(Central(http, "token"), eg.NOW)


def saying(outcome: str) -> Answer:
    return Answer(body=json.dumps({"outcome": outcome}).encode())


@pytest.mark.parametrize("outcome", ["taken", "unreadable", "other_centre"])
async def test_what_the_centre_says_is_remembered(tmp_path: Path, outcome: str) -> None:
    carrier = Carrier(tmp_path)
    carrier.take(BUNDLE, eg.NOW)
    assert await given_to(carrier, saying(outcome)) == (outcome == "taken")
    [one] = Carrier(tmp_path).all()
    assert one.state == outcome
    assert (tmp_path / "carried" / f"{VECTOR['id']}.twb").exists() == (outcome != "taken")
    assert await given_to(carrier, saying("taken")) == 0  # nothing is left to give
    carrier.let_go(one.id)
    assert carrier.all() == ()


async def test_an_answer_of_a_newer_centre_loses_no_bundle(tmp_path: Path) -> None:
    carrier = Carrier(tmp_path)
    carrier.take(BUNDLE, eg.NOW)
    await given_to(carrier, saying("something_new"))
    assert carrier.waiting() == 1


@pytest.mark.parametrize("status", [401, 500, 502])
async def test_a_bundle_that_could_not_be_given_waits(tmp_path: Path, status: int) -> None:
    carrier = Carrier(tmp_path)
    carrier.take(BUNDLE, eg.NOW)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whichever it is
        await given_to(carrier, Answer(status, "text/html", b"no"))
    assert carrier.waiting() == 1


async def test_a_carrier_killed_after_the_centre_took_it_gives_it_once_more(tmp_path: Path) -> None:
    carrier = Carrier(tmp_path)
    carrier.take(BUNDLE, eg.NOW)
    (tmp_path / "carried" / f"{VECTOR['id']}.json").write_bytes(b"\0\0")  # torn by a power cut
    assert Carrier(tmp_path).waiting() == 1
    assert await given_to(Carrier(tmp_path), saying("taken")) == 1


async def test_where_nobody_answers_a_bundle_waits(tmp_path: Path) -> None:
    carrier = Carrier(tmp_path)
    carrier.take(BUNDLE, eg.NOW)
    async with httpx.AsyncClient(base_url=eg.NOWHERE) as http:
        with pytest.raises(Offline):
            await carrier.forward(Central(http, "token"), eg.NOW)
    assert carrier.waiting() == 1


async def test_a_delivered_bundle_is_forgotten_after_a_month(tmp_path: Path) -> None:
    carrier = Carrier(tmp_path)
    carrier.take(BUNDLE, eg.NOW)
    await given_to(carrier, saying("taken"))
    async with httpx.AsyncClient(base_url=eg.NOWHERE) as http:
        await carrier.forward(Central(http), Millis(eg.NOW + 31 * 24 * 3_600_000))
    assert carrier.all() == ()
