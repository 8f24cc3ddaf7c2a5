"""The enumerations, as codes. Labels are in `strings/*/codes.toml`.

Codes are stored; a code this version does not know is kept and shown as it is.
Source of each list: domain reference C, D, E2–E3, H2, P3–P4; the ministry's option ids stay as they are.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _items(area: int, count: int, *left_out: int) -> tuple[str, ...]:
    return tuple(f"P6{area}_{n:02d}" for n in range(1, count + 1) if n not in left_out)


DIMENSIONS: Final = _words("health housing income_work education family safety rights community")

PROBLEM_AREAS: Final = MappingProxyType(
    {
        "6.1": _items(1, 4),
        "6.2": _items(2, 12),
        "6.3": _items(3, 2),
        "6.4": _items(4, 15),
        "6.5": _items(5, 25),
        "6.6": _items(6, 4),
        "6.7": _items(7, 9, 7),  # 07 is a slip in the copy of the form that we have
        "6.8": _items(8, 11),
        "6.9": _items(9, 5),
    }
)

CODES: Final = MappingProxyType(
    {
        "role": _words(
            "volunteer volunteer_lead community_partner social_worker case_manager finance director"
            " mdt_guest km_editor auditor admin"
        ),
        "urgency": _words("critical urgent normal watch"),
        "dimension": DIMENSIONS,
        "severity": _words("0 1 2 3 4"),
        "item_status": _words("assessed not_assessed not_applicable refused"),
        "report_channel": _words(
            "volunteer walk_in hotline_1300 ess_line husec self_online local_gov community_leader police"
            " hospital school temple employer foundation survey social_media transfer_in"
        ),
        "reporter_kind": _words("self family neighbour leader volunteer officer anonymous"),
        "report_result": _words("new_case linked advice_only not_found false_report out_of_area"),
        "red_flag": _words(
            "life_threat violence child_alone sexual_abuse trafficking no_food_shelter"
            " severe_illness psychiatric_danger abandoned_frail"
        ),
        "id_status": _words(
            "has_card has_number_no_card lost expired never_registered stateless_0"
            " foreigner_passport refuses unknown"
        ),
        "title": _words("mr mrs miss boy girl monk novice nun other"),
        "sex": _words("male female other"),
        "age_group": _words("child youth adult older"),
        "marital": _words("single married separated divorced cohabiting widowed"),
        "education": _words(
            "none primary_lower primary_upper secondary_lower secondary_upper vocational"
            " high_vocational bachelor higher"
        ),
        "occupation": _words(
            "unemployed student trade clergy farmer labourer civil_servant state_enterprise"
            " company_employee other"
        ),
        "relation": _words(
            "parent sibling_relative child spouse grandchild great_grandchild great_grandparent"
            " local_officer village_head neighbour friend other"
        ),
        "target_group": _words(
            "hardship_family rough_sleeper homeless homeless_family temp_public_sleeper"
            " stateless_registered no_civil_status ex_prisoner alcohol_dependent street_patient"
            " mental_illness_wanderer beggar performer other"
        ),
        "client_group": _words(
            "child youth adult older_person disabled woman_in_difficulty pregnant single_parent"
            " destitute beggar ex_prisoner hiv_affected ethnic_highland stateless"
            " low_income_family disaster_affected other"
        ),
        "problem": tuple(code for area in PROBLEM_AREAS.values() for code in area),
        "problem_area": tuple(PROBLEM_AREAS),
        "requested_help": _words("money things other_help"),
        "housing": _words(
            "owned_secure owned_insecure others_land rented roaming public_place temple shelter"
        ),
        "income_source": _words("work family state other"),
        "dependant": _words("parents children older_persons disabled other"),
        "physical_condition": _words("normal disabled chronic_illness"),
        "received_welfare": _words("1 2 3 4 5 6 7 8 9 10 11 99"),
        "cause": _words(
            "job_loss family violence illness psychiatric substance ex_prisoner abandoned disaster"
            " trafficking no_status voluntary unknown"
        ),
        "visit_kind": _words("first additional follow_up partner"),
        "visit_mode": _words("onsite phone video"),
        "visitor_opinion": _words("agree disagree"),
        "immediate_help": _words(
            "food water clothes medicine hospital police safe_bed transport family_contact counsel"
            " cash other"
        ),
        "assessment_stage": _words("baseline review closing"),
        "legal_track": _words(
            "destitute_act begging_act child_act dv_act trafficking_act mental_health_act aid_only"
        ),
        "confidentiality": _words("normal restricted sealed"),
        "case_state": _words(
            "draft reported triaged assigned fact_finding fact_found conference planned assisting"
            " following closed needs_info referred_out ineligible cancelled reopened"
        ),
        "closure_reason": _words(
            "self_reliant reunified placed_stable state_shelter referred_accepted aid_completed"
            " declined ineligible untraceable moved deceased duplicate false_report"
        ),
        "consent_purpose": _words(
            "casework emergency share_partner share_agency photo_publicity km_story line_contact"
        ),
        "legal_basis": _words("public_task vital_interest legal_duty consent"),
        "consent_answer": _words("given refused withdrawn unable"),
        "consent_method": _words("signature thumbprint voice witnessed"),
        "partner_kind": _words(
            "temple mosque_church employer employment_office skill_center foundation"
            " public_benefit_org community community_welfare_fund local_gov hospital"
            " psychiatric_hospital police district_office school state_shelter probation"
            " individual private_sector media"
        ),
        "partner_stage": _words("found analysed contacted engaged active expanding dormant ended"),
        "partner_grade": _words("A B C"),
        "partner_status": _words("active dormant suspended ended"),
        "service_offer": _words(
            "lodging food work job_training dharma treatment travel_cost things money legal"
            " transport interpreter"
        ),
        "agreement_kind": _words("none verbal letter mou"),
        "source_found": _words("meeting social_media publicity referral walk_in survey other"),
        "contact_kind": _words("visit call line event thanks"),
        "attachment_kind": _words(
            "1 2 3 4 5 6 7 8 9 10 11 13 14 15 20 21 22 23 24 25 26 27 28 29 99"
        ),
        "receipt_stage": _words("opened acted revealed"),
        "conflict_choice": _words("ours theirs other same different wait swap both"),
        "conflict_sort": _words("edit state same_meeting last_place same_person"),
        "conference_channel": _words("line_meeting line_group_call onsite phone other"),
        "profession": _words(
            "social_worker doctor nurse psychologist police district_officer teacher labour_officer"
            " local_gov village_head volunteer health_volunteer shelter_staff lawyer partner other"
        ),
        "minutes_state": _words("draft circulated adopted"),
        "placement_kind": _words(
            "work live_in ordination_dharma treatment training community_care foster"
        ),
        "placement_state": _words(
            "proposed waiting client_agreed partner_agreed handed_over trial stable completed ended"
        ),
        "placement_end": _words(
            "family new_job unwilling broke_rules ill exploited ran_away died other"
        ),
    }
)

# Forces urgency to at least "urgent" and a look at safety (domain reference C3, our proposal).
RED_FLAG_PROBLEMS: Final = frozenset(
    {"P62_07", "P62_10", "P65_10", "P65_19", "P65_20", "P65_21", "P66_02", "P66_03", "P66_04"}
    | set(PROBLEM_AREAS["6.7"])
    | {"P68_07"}
)
