"""The pages of arms and adverse events: results where a reader looks for them, with what was given to whom."""

from __future__ import annotations

import csv
import io

from flask.testing import FlaskClient

from tests.server.asking import links, page, words

STUDY = "study:gemcitabine-docetaxel-lms-ref34"
ARM = "/entity/arm:gemcitabine-docetaxel-lms-ref34-gemcitabine-docetaxel"


def test_an_arm_tells_its_doses_its_people_and_its_results(client: FlaskClient) -> None:
    told = words(page(client, ARM))
    assert "gemcitabine 900 mg/m2, infused over 90 minutes, days 1, 8, every 21 days" in told
    assert "docetaxel 100 mg/m2, day 8, every 21 days" in told
    assert "16 of 34 had had doxorubicin, with or without ifosfamide" in told
    results = told[told.index("What came of it") :]
    measures = ("objective response rate 53%", "response rate 50%", "5.6 months", "17.9 months", "Three complete")
    places = [results.index(measure) for measure in (*measures, "baseline characteristic", "diarrhoea")]
    assert places == sorted(places)
    assert "objective response rate 53% computed 95% interval 35.1 to 70.2% 34 complete or partial response" in results
    assert "median progression-free survival 5.6 months 34" in results
    assert "sensory neuropathy major 34" in results


def test_an_arm_leads_to_its_study_its_other_arms_and_its_regimen(client: FlaskClient) -> None:
    there = set(links(page(client, ARM)))
    assert {
        f"/study/{STUDY}",
        "/entity/arm:gemcitabine-docetaxel-lms-ref34-after-radiotherapy",
        "/entity/regimen:gemcitabine-docetaxel-lms-ref34-gemcitabine-docetaxel",
    } <= there


def test_an_arm_says_whose_patients_its_own_are_too(client: FlaskClient) -> None:
    told = words(page(client, "/entity/arm:gemcitabine-docetaxel-lms-ref34-after-radiotherapy"))
    assert "All its patients are also counted in gemcitabine 900 mg/m2 days 1, 8" in told
    assert "No result of this arm is told." in told


def test_studies_and_results_lead_to_the_arm(client: FlaskClient) -> None:
    for path in (f"/study/{STUDY}", f"/evidence?study={STUDY}"):
        assert ARM in set(links(page(client, path)))


def test_the_files_of_an_arm_hold_the_results_that_its_page_shows(client: FlaskClient) -> None:
    lines = list(csv.DictReader(io.StringIO(client.get(f"{ARM}?format=csv").text)))
    outcomes = {line["thing_id"] for line in lines if line["section"] == "What came of it"}
    assert len(outcomes) == 13
    triples = client.get(f"{ARM}?format=turtle").text
    assert all(outcome in triples for outcome in outcomes)


def test_an_adverse_event_tells_under_which_treatments_it_was_seen_the_worst_first(first_client: FlaskClient) -> None:
    html = page(first_client, "/entity/event:neutropenia")
    told = words(html[html.index('id="seen"') :])
    assert told.index("doxorubicin + ifosfamide grade 4 of 1") < told.index("trabectedin monotherapy occurred")
    assert "febrile neutropenia : commonly occurred of 33" in told  # of its kinds, too


def test_a_kind_of_patients_that_is_told_only_when_it_is_so(client: FlaskClient) -> None:
    assert "Several histotypes" not in page(client, ARM)
    assert "several histotypes</dt><dd>yes" in page(client, "/study/study:geis-temozolomide-ref15")
