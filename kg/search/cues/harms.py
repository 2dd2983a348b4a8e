"""Adverse events, and what happened to patients: which words ask it."""

from __future__ import annotations

from dataclasses import replace

from kg.search.cues.slots import DRUG, EVENT, EVENTS, OF_DRUG, PATIENT, SUCH_EVENT, Cue, Slot
from ontology.kinds import TREATMENTS

_GIVEN = replace(DRUG, is_joint=True)

CUES: tuple[Cue, ...] = (
    Cue("toxicity-of-drug", "Adverse events reported for {drug}", (_GIVEN,),
        "side effect|side affect|secondary effect|unwanted effect|adverse|toxic*|toler*|safe*|harm*|risk*|complication",
        gain=1),
    Cue("toxicity-of-drug", "Adverse events reported for {drug}, and whether {event} is one", (_GIVEN, SUCH_EVENT)),
    Cue("toxicity-of-drug", "Adverse events reported for {drug}, and whether the {site} is told of",
        (_GIVEN, Slot("site", ("Site",), is_passed=False)),
        "damage*|hurt*|harm*|injur*|toxic*|bad for|poison*|risk*"),
    Cue("who-causes-event", "With which treatments {event} was seen", (EVENT, OF_DRUG)),
    Cue("adverse-events-of-patient", "Adverse events of {patient}, and whether {event} is one", (PATIENT, SUCH_EVENT),
        gain=3),
    Cue("who-causes-event", "With which treatments {event} was seen", (EVENT,),
        "which drug|what drug|which treatment|which regimen|with which|cause*|caus*|due to|after what|who get|"
        "lead* to|attack*|bad|damage*|harm*|hurt*|injur*|toxic"),
    Cue("who-causes-event", "With which treatments {event} was seen", (EVENT,),
        "grade|severe|fatal|rate of|frequency|incidence|how often|trial|study|studies"),
    Cue("treatments-with-events", "Which treatments brought {event}, and which all of these", (EVENTS,),
        "which drug|what drug|which treatment|what treatment|which regimen|what regimen|both|cause*|give*|gave|brought",
        gain=3),
    Cue("treatments-with-events", "Which treatments brought {event}", (EVENT,),
        "brought|bring*|treatment with|treatment … with|regimen … with|regimen with|all treatment|every treatment"),
    Cue("treatments-with-events", "Which treatments brought {event}, and which all of these", (EVENTS,), gain=3),
    Cue("severe-toxicity", "Where severe toxicity was seen[, and whether with {drug}]",
        (Slot("drug", TREATMENTS, optional=True, gain=3, is_passed=False),),
        "severe toxic*|fatal toxic*|fatal|toxic death|treatment related death|life threaten*|"
        "severe side effect|severe adverse|grade 3|grade 4|grade 3 4|grade iii|grade iv|lethal", gain=4),
    Cue("stopped-or-reduced", "How often treatment was stopped or its dose reduced[, and whether of {drug}]",
        (Slot("drug", TREATMENTS, optional=True, gain=3, is_passed=False),),
        "discontinu*|withdr*|patient … stop*|who … stop*|"
        "stop* … toxic*|stop* … side effect|stop* treatment|stop* because|had to stop|"
        "dose reduction|reduc* … dose|dose … reduc*|drop* out|"
        "how often … reduc*|how often … stop*|had to be stopped|give up|gave up|quit", gain=4),
    Cue("dose-changes", "Where doses were changed, and why[; {patient} among others]",
        (Slot("patient", ("Patient",), optional=True, gain=5, is_passed=False),),
        "why … dose|why … reduc*|why … lower*|"
        "dose … reduc*|reduc* … dose|dose change*|dose … chang*|dose reduction|lower* … dose|dose … lower*",
        gain=3),
    Cue("patients", "Which patients are described", (),
        "which patient|the patient|patient with|case report|how many patient … described|which case"),
    Cue("status-at-end", "Which patients had died, and which were alive when last seen", (),
        "who die*|patient die*|patient … die*|death of … patient|patient … alive|patient … still alive|who … alive|"
        "who … survive*|patient … survive*|which case … die*|how many … died", gain=1),
    Cue("treatment-lines", "Every line of treatment of {patient}", (PATIENT,),
        "line|treat*|receive*|given|gave|get|got|therap*|which drug|what drug"),
    Cue("treatment-lines", "Every line of treatment of {patient}",
        (PATIENT, Slot("drug", TREATMENTS, gain=1, is_passed=False))),
    Cue("timeline", "What happened to {patient}, in order", (PATIENT,),
        "what happen*|happen*|history|course|follow*|outcome|timeline|die|died|alive|case|how … do|story|"
        "how long|live|lived|surviv*"),
    Cue("timeline", "What happened to {patient}, in order", (PATIENT,),
        "how long … stable|how long … last*|how long … live|how long … lived|how long … work*|how long … stay*|"
        "how many day*|how many week*|how many month*|how many year*|when", gain=2),
    Cue("timeline", "What happened to {patient}, in order", (PATIENT,), "patient", gain=-1),
    Cue("responses-by-lesion", "How each lesion of {patient} responded", (PATIENT,),
        "lesion|respon*|metasta*|size", gain=1),
    Cue("adverse-events-of-patient", "Adverse events of {patient}", (PATIENT,), "side effect|adverse|toxic*|toler*"),
    Cue("cumulative-doses", "Cumulative doses that {patient} received", (PATIENT,), "cumulative|total dose|dose"),
    Cue("cumulative-doses", "Cumulative doses that {patient} received", (PATIENT,),
        "total|altogether|in all|in sum|overall … dose", gain=3),
    Cue("cumulative-doses", "Cumulative doses that {patient} received, of {drug} among others",
        (PATIENT, Slot("drug", TREATMENTS, is_passed=False)), "how much", gain=3),
)  # fmt: skip
