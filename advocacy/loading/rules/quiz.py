"""A quiz as a list of questions in Markdown: scenario, answers with their feedback, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.loading.rules.problems import Place, Problems, decoded
from advocacy.training.rules import (
    FEWEST_CHOICES,
    MOST_CHOICES,
    ChoiceData,
    ChoiceWords,
    QuestionData,
    QuestionWords,
)

LONGEST = 300
ANSWER = re.compile(r"- \[([xX ])\](?:\s+(.*))?")
FEEDBACK = re.compile(r"\s{2,}>\s?(.*)")
WHY = {"why", "pourquoi", "warum"}


@dataclass
class _Answer:
    line: int
    is_right: bool
    text: str
    feedback: list[str] = field(default_factory=list)


@dataclass
class _Question:
    line: int
    title: str
    scenario: list[str] = field(default_factory=list)
    answers: list[_Answer] = field(default_factory=list)
    why: list[str] | None = None


def read(
    files: Mapping[str, Path], name: Callable[[Path], str], problems: Problems
) -> tuple[QuestionData, ...]:
    """The questions in these files (by language), which ask the same in every language."""
    found = {tag: _Quiz(name(path), problems).read(path.read_bytes()) for tag, path in sorted(files.items())}
    english = found["en"]
    for tag, questions in found.items():
        if tag != "en" and english and questions:
            _compare(english, questions, name(files[tag]), problems)
    same = {tag: questions for tag, questions in found.items() if len(questions) == len(english)}
    return tuple(
        _question(question, {tag: questions[number] for tag, questions in same.items()})
        for number, question in enumerate(english)
    )


def _question(english: _Question, languages: Mapping[str, _Question]) -> QuestionData:
    words = {
        tag: QuestionWords(one.title, _joined(one.scenario), _joined(one.why or []))
        for tag, one in languages.items()
    }
    choices = tuple(
        ChoiceData(
            answer.is_right,
            {
                tag: ChoiceWords(one.answers[number].text, " ".join(one.answers[number].feedback))
                for tag, one in languages.items()
                if number < len(one.answers)
            },
        )
        for number, answer in enumerate(english.answers)
    )
    return QuestionData(words, choices)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()


def _compare(english: list[_Question], other: list[_Question], file: str, problems: Problems) -> None:
    """Report the first difference between the languages."""
    for number, (ours, theirs) in enumerate(zip(english, other, strict=False), 1):
        if len(ours.answers) != len(theirs.answers):
            counts = f"{len(theirs.answers)} answers here, {len(ours.answers)} in English"
            problems.add(Place(file, theirs.line), f"question {number} differs from the English: {counts}")
            return
        for one, another in zip(ours.answers, theirs.answers, strict=True):
            if one.is_right != another.is_right:
                reason = "this answer is right in one and wrong in the other"
                problems.add(
                    Place(file, another.line), f"question {number} differs from the English: {reason}"
                )
                return
    if len(english) != len(other):
        counts = f"{len(other)} questions here, {len(english)} in English"
        problems.add(Place(file, other[-1].line), f"this quiz differs from the English: {counts}")


class _Quiz:
    """The questions of one file, read line by line."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file, self.problems = file, problems
        self.questions: list[_Question] = []

    def read(self, data: bytes) -> list[_Question]:
        text = decoded(data, self.file, self.problems)
        if text is None:
            return []
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
            self._line(number, line.rstrip())
        if not self.questions and not any(one.place.file == self.file for one in self.problems):
            self._complain(1, "there is no question here; a question begins with ##")
        for question in self.questions:
            self._check(question)
        return self.questions

    def _complain(self, line: int, reason: str, column: int = 1) -> None:
        self.problems.add(Place(self.file, line, column), reason)

    def _line(self, number: int, line: str) -> None:
        if line.startswith("## "):
            self.questions.append(_Question(number, line[3:].strip()))
        elif not self.questions:
            if line.strip():
                self._complain(number, "text before the first question; a question begins with ##")
        elif line.startswith("### "):
            self._heading(number, line[4:].strip())
        elif self.questions[-1].why is not None:
            self.questions[-1].why.append(line)
        else:
            self._answering(number, line, self.questions[-1])

    def _heading(self, number: int, words: str) -> None:
        if words.casefold() not in WHY:
            self._complain(
                number, f"“### {words}” is not known here; only ### Why is (### Pourquoi, ### Warum)"
            )
        elif self.questions[-1].why is not None:
            self._complain(number, "### Why stands there twice in one question")
        self.questions[-1].why = self.questions[-1].why or []

    def _answering(self, number: int, line: str, question: _Question) -> None:
        answer, feedback = ANSWER.fullmatch(line), FEEDBACK.fullmatch(line)
        if answer:
            question.answers.append(_Answer(number, answer[1] in "xX", (answer[2] or "").strip()))
        elif question.answers and feedback:
            question.answers[-1].feedback.append(feedback[1].strip())
        elif question.answers and line.strip():
            reason = (
                "between the answers stand only answers, - [x] or - [ ], and their feedback, indented, with >"
            )
            self._complain(number, reason, len(line) - len(line.lstrip()) + 1)
        elif line.startswith("- ["):
            self._complain(number, "an answer begins with - [x] when it is right and - [ ] when it is wrong")
        else:
            question.scenario.append(line)

    def _check(self, question: _Question) -> None:
        if not 0 < len(question.title) <= LONGEST:
            counts = f"1 to {LONGEST} characters, this has {len(question.title)}"
            self._complain(question.line, f"a question has {counts}", 4)
        if not FEWEST_CHOICES <= len(question.answers) <= MOST_CHOICES:
            self._complain(question.line, f"a question has 2 to 6 answers, this has {len(question.answers)}")
        elif not any(answer.is_right for answer in question.answers):
            self._complain(question.line, "no answer is right; mark it with - [x]")
        for answer in question.answers:
            if not 0 < len(answer.text) <= LONGEST:
                self._complain(
                    answer.line, f"an answer has 1 to {LONGEST} characters, this has {len(answer.text)}", 7
                )
            if not any(answer.feedback):
                self._complain(answer.line, "this answer has no feedback; write it below, indented, with >")
