"""``/v1/issues``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from agents.store import Phase
from service.issues import service
from service.issues.schemas import Accepted, EventPage, IssueOut, IssuePage, TreeOut, VerdictOut
from service.issues.submission import Submission
from service.issues.submitted import IssueIn
from service.kit.http import Reading
from service.kit.problems import declared

router = APIRouter(prefix="/issues", tags=["issues"])


def _submission(request: Request) -> Submission:
    found: Submission = request.app.state.submission
    return found


Id = Annotated[str, Path(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=500)]


@router.post("", status_code=202, responses=declared(422))
def submit(
    body: IssueIn,
    request: Request,
    response: Response,
    submission: Annotated[Submission, Depends(_submission)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
) -> Accepted:
    """Search for a patch. With an `Idempotency-Key`, a repeated request is the same search."""
    search = submission.submit(body, idempotency_key)
    url = str(request.url_for("issue", issue=search).path)
    response.headers["Location"] = url
    return Accepted(id=search, url=url)


@router.get("", responses=declared(422))
def issues(
    session: Reading,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    state: Phase | None = None,
    limit: Limit = 50,
) -> IssuePage:
    """Newest first."""
    return service.page(session, cursor=cursor, phase=state, limit=limit)


@router.get("/{issue}", responses=declared(404))
def issue(session: Reading, issue: Id) -> IssueOut:
    """How the search stands."""
    return service.one(session, issue)


@router.get(
    "/{issue}/patch",
    response_class=Response,
    responses={200: {"content": {"text/x-diff": {}}}, **declared(404, 409)},
)
def patch(session: Reading, issue: Id) -> Response:
    """The chosen patch, byte for byte; 409 says why there is none."""
    return Response(service.patch(session, issue), media_type="text/x-diff")


@router.get("/{issue}/tree", responses=declared(404))
def tree(session: Reading, issue: Id) -> TreeOut:
    """Every node, and every trial that made none."""
    return service.tree(session, issue)


@router.get("/{issue}/verdict", responses=declared(404, 409))
def verdict(session: Reading, issue: Id) -> VerdictOut:
    """The decision with its evidence."""
    return service.verdict(session, issue)


@router.get("/{issue}/events", responses=declared(404))
def events(
    session: Reading, issue: Id, after: Annotated[int, Query(ge=0)] = 0, limit: Limit = 100
) -> EventPage:
    """What happened, by number, behind `after`."""
    return service.events(session, issue, after=after, limit=limit)
