"""Outcomes, statements and events read as plain sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import EntityNotFound, InvalidParameter
from ontology.english import article, capitalised
from triples.facts import FactSentence, facts
from triples.keys import RecordType
from triples.read import parse_yaml, read_corpus
from triples.records import Record
from triples.schema import ARM, OUTCOME, POPULATION, REGIMEN, STATEMENT, TIMELINE_EVENT
from triples.sentences import (
    Names,
    event_label,
    outcome_label,
    population_words,
    regimen_words,
    statement_label,
)
from triples.shape import Shaper
from triples.studies import arm_treatment
from triples.units import unit_words

NAMES = Names(
    {
        "measure:response-rate": "response rate",
        "measure:adverse-event": "adverse event",
        "measure:progression-free-survival": "progression-free survival",
        "definition:sd-60": "stable disease or better for 60 days",
        "definition:unstated": "not stated",
        "event:fatigue": "fatigue",
        "arm:b": "imatinib 800 mg",
        "histotype:gist": "gastrointestinal stromal tumour",
        "histotype:sarcoma": "sarcoma",
    }
)


def record(kind: RecordType, text: str) -> Record:
    shaper = Shaper()
    node = parse_yaml(text, "test.yaml")
    assert node is not None
    found = shaper.record(node, kind)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{measure: measure:response-rate, value: 53, unit: '%', value_text: 53%, definition: definition:sd-60}",
            "response rate 53%, counting stable disease or better for 60 days",
        ),
        (
            (
                "{measure: measure:response-rate, value: 18, unit: '%', numerator: 9, denominator: 50, ci_low: 8.6, "
                "ci_high: 31.4, ci_level: 95}"
            ),
            "response rate 18% (9 of 50; 95% CI 8.6-31.4)",
        ),
        (
            "{measure: measure:response-rate, value_text: 7 of 45, numerator: 7, denominator: 45}",
            "response rate 7 of 45",
        ),
        ("{measure: measure:response-rate, numerator: 7, denominator: 45}", "response rate 7 of 45"),
        (
            (
                "{measure: measure:progression-free-survival, value: 8.1, unit: mo, range_low: 1, range_high: 20, "
                "p_value: < .05}"
            ),
            "progression-free survival 8.1 months (range 1-20; p < .05)",
        ),
        (
            (
                "{measure: measure:progression-free-survival, direction: worse, comparator: arm:b, p_value: '.15', "
                "significance: not significant}"
            ),
            "progression-free survival, worse than with imatinib 800 mg, not significant (p = .15)",
        ),
        (
            "{measure: measure:adverse-event, event: event:fatigue, grade: 3, value: 20, unit: '%'}",
            "fatigue grade 3 in 20%",
        ),
        ("{measure: measure:adverse-event, event: event:fatigue, frequency: rare}", "fatigue: rare"),
        (
            "{measure: measure:adverse-event, event: event:fatigue, text: 'Fatigue, a reason for longer intervals.'}",
            "fatigue, a reason for longer intervals.",
        ),
        (
            "{measure: measure:adverse-event, event: event:fatigue, absence: none-observed}",
            "fatigue: none observed",
        ),
        (
            (
                "{measure: measure:response-rate, absence: no-significant-difference, comparator: arm:b, "
                "time_point: P1Y6M}"
            ),
            "response rate: no significant difference, at 1 year 6 months, compared with imatinib 800 mg",
        ),
        (
            "{measure: measure:progression-free-survival, value_text: not yet reached, absence: not-reached}",
            "progression-free survival: not yet reached",
        ),
        (
            "{measure: measure:response-rate, value_text: 306 months, flag: implausible-value, flag_reason: too long}",
            "response rate 306 months [as printed; implausible value: too long]",
        ),
        (
            (
                "{measure: measure:response-rate, value_text: 5%, subgroup_histotype: histotype:gist, subgroup_n: 12, "
                "certainty: hedged, definition: definition:unstated}"
            ),
            "response rate 5%, in gastrointestinal stromal tumour (n = 12) (stated with reservation)",
        ),
    ],
)
def test_an_outcome_reads_as_a_sentence(text: str, expected: str) -> None:
    outcome = record(OUTCOME, text[:-1] + ", at: 1-2}")
    label = outcome_label(outcome, "imatinib", "50 patients, sarcoma", NAMES)
    assert label == f"Imatinib (50 patients, sarcoma): {expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{n: 15, histotypes: [histotype:sarcoma], setting: relapsed or refractory}",
         "15 patients, relapsed or refractory sarcoma"),
        ("{n: 1, histotypes: [histotype:gist], setting: refractory to imatinib}",
         "1 patient, gastrointestinal stromal tumour, refractory to imatinib"),
        ("{enrolled: 9, line: second or later}", "9 patients, second or later line"),
        ("{setting: preclinical}", "preclinical"),
        ("{text: nothing known}", ""),
    ],
)  # fmt: skip
def test_a_population_reads_as_words(text: str, expected: str) -> None:
    assert population_words(record(POPULATION, text), NAMES) == expected


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ("{drug: drug:a}, {drug: drug:b}", "drug A + drug B"),
        ("{drug: drug:a}, {procedure: procedure:radiotherapy}", "drug A in pulses with radiation"),
        ("{procedure: procedure:radiotherapy}", "drug A in pulses with radiation"),
    ],
)
def test_a_treatment_of_more_than_drugs_is_not_called_by_its_drugs_alone(components: str, expected: str) -> None:
    arm = record(ARM, f"{{id: arm:x, label: drug A in pulses with radiation, regimen: {{components: [{components}]}}}}")
    assert arm_treatment(arm, (arm,), Names({"drug:a": "drug A", "drug:b": "drug B"})) == expected


def test_another_dose_of_the_same_drug_is_not_added_to_the_first() -> None:
    regimen = record(
        REGIMEN,
        "{components: [{drug: drug:b, dose: 100 mg/m2, value: 100, unit: mg/m2, at: 1-2}, "
        "{drug: drug:b, dose: half the dose, value: 50, unit: mg/m2, timing: if poorly tolerated, at: 1-2}, "
        "{drug: drug:c, at: 1-2}]}",
    )
    words = regimen_words(regimen.records("components"), Names({"drug:b": "drug B", "drug:c": "drug C"}))
    assert words == "drug B 100 mg/m2; drug B 50 mg/m2 (half the dose) (if poorly tolerated) + drug C"


def test_a_statement_names_its_qualifiers_and_its_reservation() -> None:
    statement = record(
        STATEMENT,
        "{fact: 'drug:a binds target:b', certainty: hypothesised, model: in mice, value: 2, unit: h, at: 1-2}",
    )
    assert (
        statement_label("rapamycin binds FKBP12", statement) == "Rapamycin binds FKBP12 (in mice; 2 hours; hypothesis)"
    )


def test_an_event_says_when() -> None:
    event = record(
        TIMELINE_EVENT,
        "{id: x, kind: response, label: CT of the lung, order: 2, offset: P3M, after: start, response: PR, size: 2x3, "
        "unit: cm, at: 1-2}",
    )
    label = event_label(event, "man of 49", {"start": "first dose"})
    assert label == "Man of 49: 3 months after first dose: CT of the lung; partial response; 2x3 cm"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            "kind: adverse event, label: no haematuria, polarity: negated",
            "Man of 49: no haematuria",
        ),
        (
            "kind: adverse event, label: rash, polarity: negated",
            "Man of 49: not the case: rash",
        ),
        (
            "kind: response, label: tumour smaller, size: 2x3 cm before, value: 64, unit: '%', value_text: 64%",
            "Man of 49: tumour smaller; 2x3 cm before; 64%",
        ),
        (
            "kind: treatment, label: maintenance, reason: Slow growth, ended: progression, text: No dose is printed.",
            "Man of 49: maintenance; because: slow growth; ended: progression. No dose is printed.",
        ),
        (
            "kind: treatment, label: surgery, planned: yes",
            "Man of 49: planned: surgery",
        ),
    ],
)
def test_an_event_says_what_why_and_how_it_ended(keys: str, expected: str) -> None:
    event = record(TIMELINE_EVENT, f"{{id: x, order: 1, {keys}, at: 1-2}}")
    assert event_label(event, "man of 49", {}) == expected


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("immunosuppressant", "an"), ("cytotoxic drug", "a"), ("mTOR inhibitor", "an"), ("HSP90 inhibitor", "an"),
        ("VEGF antagonist", "a"), ("17-AAG derivative", "a"), ("uterine sarcoma", "a"), ("urothelial cancer", "a"),
        ("unidentified primary", "an"), ("undifferentiated sarcoma", "an"), ("Ewing sarcoma", "an"), ("unit", "a"),
    ],
)  # fmt: skip
def test_an_article_follows_the_sound(noun: str, expected: str) -> None:
    assert article(noun) == expected


@pytest.mark.parametrize("text", ["end-stage renal failure", "no detectable mutation", "rapamycin-FKBP12 complex"])
def test_an_ordinary_first_word_takes_a_capital(text: str) -> None:
    assert capitalised(text) == text[0].upper() + text[1:]


def test_a_count_in_words_is_not_repeated_in_digits() -> None:
    outcome = record(OUTCOME, "{measure: measure:response-rate, value_text: one patient, numerator: 1, at: 1-2}")
    assert outcome_label(outcome, "imatinib", "", NAMES) == "Imatinib: response rate: one patient"


@pytest.mark.parametrize(
    ("remark", "said"),
    [
        ("longer than with an exon 11 mutation, in contrast to first-line imatinib", True),
        ("in the first cycle, by CTC-AE version 4, reversible", True),
        ("a response rate of 53% in 4 of 11", False),
    ],
)
def test_a_remark_that_repeats_figures_is_left_out_only_if_it_says_nothing_else(remark: str, said: bool) -> None:
    outcome = record(
        OUTCOME,
        "{measure: measure:response-rate, value: 53, unit: '%', value_text: 53%, numerator: 4, denominator: 11,"
        f" text: '{remark}'}}",
    )
    assert (remark[1:] in outcome_label(outcome, "Sunitinib", "", NAMES)) is said


def test_a_figure_that_names_its_measure_is_not_led_by_it() -> None:
    outcome = record(OUTCOME, "{measure: measure:adverse-event, event: event:fatigue, value_text: 2 fatigue, at: 1-2}")
    assert outcome_label(outcome, "imatinib", "", NAMES) == "Imatinib: 2 fatigue"


@pytest.mark.parametrize("word", ["mTOR acts", "p27 acts", "c-KIT acts", "eIF4E acts"])
def test_symbols_keep_their_small_letter(word: str) -> None:
    assert capitalised(word) == word


def test_a_unit_reads_as_words() -> None:
    assert unit_words("{cycles}", "4") == "cycles"


@pytest.fixture(scope="module")
def trial(corpus_dir: Path) -> tuple[FactSentence, ...]:
    return facts(read_corpus(corpus_dir), "900")


def test_the_facts_of_a_document_come_in_its_order(trial: tuple[FactSentence, ...]) -> None:
    assert list(trial) == sorted(trial, key=lambda fact: fact.passages)
    assert trial[0].sentence == "Drug A binds TGT1"
    assert trial[0].section == "Summary"
    assert {fact.kind for fact in trial} == {"Statement", "Outcome", "TimelineEvent"}
    assert all(fact.passages and fact.sentence for fact in trial)


def test_a_negated_fact_says_so(trial: tuple[FactSentence, ...]) -> None:
    (negated,) = [fact for fact in trial if fact.kind == "Statement" and "TGT2" in fact.sentence]
    assert negated.polarity == "negated"
    assert negated.sentence == "Drug A does not bind TGT2"


def test_an_unknown_document_is_not_found_and_those_there_are_named(corpus_dir: Path) -> None:
    with pytest.raises(EntityNotFound, match="document:900"):
        facts(read_corpus(corpus_dir), "999")


def test_a_folder_without_curated_files_is_refused_and_not_called_sound(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="entities/ and documents/"):
        read_corpus(tmp_path / "nowhere")
