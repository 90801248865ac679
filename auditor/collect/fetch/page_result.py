"""What became of one request for a page, and whether another one is worth it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from auditor.collect.fetch.answers import (
    MalformedAnswerError,
    refusal,
    retry_after_s,
    value_in,
    worth_retrying,
)
from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.problems import Problem, failure
from auditor.collect.http.response import Response
from auditor.collect.rate_limits.waiting import Throttle


class Retry(Enum):
    """Whether a page is worth another request, and when."""

    NO = auto()
    AFTER_A_PAUSE = auto()
    WHEN_THE_WINDOW_OPENS = auto()
    WITH_A_NEW_TOKEN = auto()


@dataclass(frozen=True, slots=True)
class PageResult:
    """What became of one request."""

    value: Any = None
    response: Response | None = None
    problem: Problem | None = None
    retry: Retry = Retry.NO
    pause_s: float | None = None
    """What the server asked to wait."""


def result_of(
    response: Response, throttle: Throttle, bounds: Bounds, *, optional: bool
) -> PageResult:
    """What an answer means: a value, or a problem and whether to ask again.

    Args:
        response: the answer.
        throttle: whether a rate limit refused the request.
        bounds: the bounds.
        optional: whether what was asked for is a feature that an org may lack.
    """
    if response.status == HTTPStatus.OK:
        try:
            return PageResult(value_in(response), response)
        except MalformedAnswerError as error:
            return PageResult(problem=failure(str(error)), retry=Retry.AFTER_A_PAUSE)
    problem = refusal(response, optional=optional)
    if throttle is Throttle.WINDOW:
        return PageResult(problem=problem, retry=Retry.WHEN_THE_WINDOW_OPENS)
    if not worth_retrying(response.status):
        return PageResult(response=response, problem=problem)
    seconds = retry_after_s(response.headers) if throttle is Throttle.NONE else None
    pause = None if seconds is None else min(seconds, bounds.longest_retry_after_s)
    return PageResult(problem=problem, retry=Retry.AFTER_A_PAUSE, pause_s=pause)
