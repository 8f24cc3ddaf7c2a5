"""The main job as people do it, in a browser: report without a signal, act at the office, see the answer.

One story in six chapters on one demo; each chapter needs the one before.
With TELEWELFARE_PICTURES set, the pictures of the README are taken on the way.
"""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Shown
from tests.e2e.screen import Screen

pytestmark = pytest.mark.browser

STORY = "ชายสูงอายุนอนอยู่ที่ศาลาริมหาดมาสามคืน เดินไม่ไหว ไม่มีญาติมารับ"
CALLED = "ลุงเดช"
REFUSED = "ไม่พบรหัสเชิญนี้"

# What is answered of the visit; every other question is left for later.
CHOSEN = {
    "ครั้งนี้สอบข้อเท็จจริงอย่างไร": "ลงพื้นที่",
    "ได้พบผู้ประสบปัญหาหรือไม่": "พบ",
    "ช่วยอะไรไปแล้วตอนนี้": "อาหาร",
    "มีบัตรประชาชนหรือไม่": "บัตรหาย",
    "ผู้ประสบปัญหารับทราบการใช้ข้อมูลและลงชื่อแล้วหรือไม่": "รับทราบแล้ว",
    "สุขภาพกายและจิต: มีปัญหาแค่ไหน": "รุนแรง ช่วยโดยเร็ว",
    "ที่อยู่อาศัย: มีปัญหาแค่ไหน": "วิกฤต เสี่ยงชีวิตหรือถูกทำร้าย",
}
SAID = {
    "ผู้ประสบปัญหาพูดว่าต้องการอะไร": "อยากมีที่นอน และอยากรักษาขาให้หาย",
}
PICTURED = {
    "ได้พบผู้ประสบปัญหาหรือไม่": "phone-visit",
    "มีปัญหาอะไรบ้าง": "phone-visit-problems",
    "สุขภาพกายและจิต: มีปัญหาแค่ไหน": "phone-visit-dimension",
    "เกิดเมื่อไร": "phone-visit-birth",
}
DESK_PICTURES = {
    "กรณี": "desk-cases",
    "เครือข่าย": "desk-partners",
    "การส่งข้อมูล": "desk-sync",
    "ตั้งค่า": "desk-settings",
}
NO_PROBLEM = "ไม่พบปัญหา"
QUESTIONS = 60  # more than a visit has


def test_a_new_phone_is_enrolled_with_a_pasted_invitation(demo: Shown, phone: Screen) -> None:
    phone.open(demo.newcomer)
    phone.sees("เริ่มใช้งานเครื่องนี้")
    phone.write("รหัสเชิญ", "ABCDE-FGHIJ")
    phone.press("ต่อไป")
    _choose_pin(phone, demo.pin)
    phone.sees(REFUSED)  # back at the code, with a sentence
    phone.picture("phone-enrol-refused")
    phone.write_until_gone("รหัสเชิญ", demo.invitation, REFUSED)
    phone.picture("phone-enrol")
    phone.press("ต่อไป")  # the PIN was chosen and is not asked for again
    phone.sees("กรณีของฉัน")
    phone.sees("ส่งถึงศูนย์ครบแล้ว")


def _choose_pin(phone: Screen, pin: str) -> None:
    phone.sees("ตั้งรหัส PIN")
    phone.type_pin(pin)
    phone.press("ต่อไป", exact=True)
    phone.sees("อีกครั้ง")
    phone.type_pin(pin)
    phone.press("ต่อไป", exact=True)


def test_a_volunteer_reports_visits_and_calls_a_partner_without_a_signal(
    demo: Shown, phone: Screen
) -> None:
    phone.open(demo.volunteer)
    phone.picture("phone-unlock")
    phone.unlock(demo.pin)
    phone.signal(on=False)
    phone.sees("ไม่มีสัญญาณ")
    _report(phone)
    _visit(phone)
    _contact(phone)
    phone.press("หน้าแรก")
    phone.sees("เก็บในเครื่อง")
    phone.picture("phone-home")


def _report(phone: Screen) -> None:
    phone.press("แจ้งเหตุ")
    phone.sees("เกิดอะไรขึ้น")
    phone.press("ต่อไป")
    phone.picture("phone-report-missing")
    phone.write("เล่าเหตุการณ์ที่พบ", STORY)
    phone.picture("phone-report")
    phone.press("ต่อไป")
    phone.sees("อยู่ที่ไหน")
    phone.tick("ต.เกาะลิบง")
    phone.write("จุดที่พบ", "ศาลาหน้าท่าเรือหาดยาว")
    phone.picture("phone-report-where")
    phone.press("ต่อไป")
    phone.sees("เป็นใคร")
    phone.write("ชื่อ หรือชื่อที่คนเรียก", CALLED)
    phone.tick("ชาย")
    phone.write("อายุประมาณกี่ปี", "๗๐")
    phone.press("ต่อไป")
    phone.sees("ตรวจดูอีกครั้ง")
    phone.sees("ประมาณ 70 ปี")
    phone.picture("phone-report-check")
    phone.press("บันทึกแจ้งเหตุ")
    phone.sees("บันทึกในเครื่องแล้ว")
    phone.picture("phone-reported")


def _visit(phone: Screen) -> None:
    phone.press("ลงพื้นที่เลย")
    phone.sees("ครั้งนี้สอบข้อเท็จจริงอย่างไร")
    for _ in range(QUESTIONS):
        phone.page.wait_for_timeout(500)
        title = phone.title()
        if not title:
            break
        _answer(phone, title)
    phone.sees("ตรวจดูก่อนจบ")
    phone.picture("phone-visit-end")
    phone.press("สอบข้อเท็จจริงเสร็จแล้ว")
    phone.sees("สอบข้อเท็จจริงแล้ว")


def _answer(phone: Screen, title: str) -> None:
    """Answer one question, or leave it for later."""
    if title in PICTURED:
        phone.picture(PICTURED[title])
    if title == "มีปัญหาอะไรบ้าง":
        phone.press("6.1 ด้านที่อยู่อาศัย")
        phone.tick("ไม่มีที่อยู่อาศัย")
    elif title in CHOSEN:
        phone.tick(CHOSEN[title])
    elif title.endswith("มีปัญหาแค่ไหน"):
        phone.tick(NO_PROBLEM)
    elif title in SAID:
        phone.write(title, SAID[title])
    elif "พบอะไรบ้าง" in title or "เห็นอะไร" in title:
        phone.write(title, "เห็นด้วยตนเองขณะลงพื้นที่")
    else:  # what the report already told is answered
        phone.press("ยังไม่ถาม" if phone.button("ยังไม่ถาม").count() else "ต่อไป")
        return
    phone.page.wait_for_timeout(400)
    if phone.title() == title:
        phone.press("ต่อไป")


def _contact(phone: Screen) -> None:
    phone.press("เครือข่าย")
    phone.sees("แห่ง")
    phone.picture("phone-partners")
    phone.press_like("ข้อมูลเมื่อ|ที่ว่าง")
    phone.sees_button("บันทึกการติดต่อ")
    phone.picture("phone-partner")
    phone.press("บันทึกการติดต่อ")
    phone.tick("โทร")
    phone.write("คุยกันว่าอย่างไร", "สอบถามที่พักชั่วคราวให้ผู้สูงอายุ 1 คน")
    phone.picture("phone-contact")
    phone.press("บันทึกการติดต่อ")
    phone.sees("บันทึกในเครื่องแล้ว")


def test_without_a_signal_the_page_says_what_to_do_and_makes_a_file(
    demo: Shown, phone: Screen
) -> None:
    phone.open(demo.volunteer)
    phone.unlock(demo.pin)
    phone.press("ไม่มีสัญญาณ · เก็บในเครื่อง")
    phone.sees("งานที่บันทึกไว้ยังอยู่ครบในเครื่องนี้")
    phone.sees_button("ลองใหม่")
    phone.picture("phone-sync-offline")
    with phone.page.expect_download() as handed:
        phone.mark("carry-give").click()
    assert handed.value.suggested_filename.endswith(".twb")
    phone.sees("ทำไฟล์แล้ว")


def test_the_office_receives_it_and_acts(demo: Shown, phone: Screen, desk: Screen) -> None:
    phone.open(demo.volunteer)
    phone.unlock(demo.pin)
    phone.signal(on=True)
    phone.sees("ส่งถึงศูนย์ครบแล้ว")
    desk.open(demo.officer)
    desk.unlock(demo.pin)
    desk.sees("รอคัดกรอง")
    desk.picture("desk-home")
    desk.press("คัดกรอง")
    desk.write("ค้นหา", CALLED)
    desk.sees_button(STORY)
    _triage_and_assign(desk)
    for name in ("กรณี", "เครือข่าย", "การส่งข้อมูล", "ตั้งค่า"):
        desk.press(name, exact=True)
        desk.page.wait_for_timeout(1_500)
        desk.picture(DESK_PICTURES[name])


def _triage_and_assign(desk: Screen) -> None:
    desk.page.wait_for_timeout(1_500)  # until the search has settled
    desk.press(STORY)
    desk.sees("ถึงศูนย์แล้ว")
    desk.sees("รุนแรง ช่วยโดยเร็ว")
    desk.picture("desk-triage")
    desk.mark("open-triage").click()
    desk.sees("รอไม่ได้นาน")
    desk.tick("รอไม่ได้นาน")
    desk.write("เหตุผล", "ผู้สูงอายุ เดินไม่ได้ ไม่มีที่พัก")
    desk.picture("desk-triage-form")
    desk.press("บันทึกการคัดกรอง")
    desk.sees("มอบหมายคนลงพื้นที่")
    desk.tick("ดูแลพื้นที่นี้ · อพม.")
    desk.picture("desk-assign")
    desk.press("มอบหมาย", exact=True)
    desk.sees("ส่งถึงศูนย์ครบแล้ว")


def test_the_volunteer_sees_who_opened_it_and_what_was_done(demo: Shown, phone: Screen) -> None:
    phone.open(demo.volunteer)
    phone.unlock(demo.pin)
    phone.press("ส่งถึงศูนย์ครบแล้ว")
    phone.press("ส่งและรับข้อมูลตอนนี้")
    phone.picture("phone-sync")
    phone.page.wait_for_timeout(2_000)
    phone.press("กรณี", exact=True)
    phone.picture("phone-cases")
    phone.press_like(CALLED)
    phone.sees("เจ้าหน้าที่เปิดดูแล้ว")
    phone.sees("ดำเนินการแล้ว")
    phone.sees("เร่งด่วน")
    phone.sees("92-25")
    phone.picture("phone-case")
    phone.press("ตั้งค่า", exact=True)
    phone.sees("ขนาดตัวอักษร")
    phone.picture("phone-settings")


def test_two_who_wrote_differently_are_asked_and_the_office_sees_devices_and_photo(
    demo: Shown, phone: Screen, desk: Screen
) -> None:
    phone.open(demo.volunteer)
    phone.unlock(demo.pin)
    phone.press("ต้องตัดสินใจ 1 เรื่อง")
    phone.sees("รอตัดสินใจ 1 เรื่อง")
    phone.press_like("อายุโดยประมาณ")
    phone.sees("มีสองคนกรอกช่องนี้ไม่ตรงกัน")
    phone.picture("phone-conflict")
    desk.open(demo.officer)
    desk.unlock(demo.pin)
    desk.press("เครื่องทั้งหมด")
    desk.sees("ควรติดต่อผู้ใช้")
    desk.picture("desk-devices")
    desk.press("ต้องตัดสินใจ")
    desk.sees("มีสองคนกรอกช่องนี้ไม่ตรงกัน")
    desk.picture("desk-conflicts")
    desk.press("เปิดดูกรณี")
    desk.sees("บ้านภายนอก")
    desk.picture("desk-case-photo")
    desk.press("ต้องตัดสินใจ")
    desk.press("ใช้ “72”")
    desk.sees("เลือกแล้ว")
