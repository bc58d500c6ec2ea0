"""``/v1/repositories``."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, UploadFile

from service.errors import TooLarge, Unprocessable
from service.kit.problems import declared
from service.repositories.errors import RepositoryRefused, RepositoryTooLarge
from service.repositories.schemas import UploadOut
from service.repositories.uploads import Uploads

router = APIRouter(prefix="/repositories", tags=["repositories"])


def _uploads(request: Request) -> Uploads:
    found: Uploads = request.app.state.uploads
    return found


@router.post("", status_code=201, responses=declared(413, 422))
def upload(
    file: Annotated[UploadFile, File(description="A git bundle, or a tar archive of the files.")],
    uploads: Annotated[Uploads, Depends(_uploads)],
) -> UploadOut:
    """Send a repository that the server cannot clone. An archive's root is the repository's."""
    try:
        stored = uploads.store(file.file)
    except RepositoryTooLarge as error:
        raise TooLarge("repository-too-large", str(error)) from error
    except RepositoryRefused as error:
        raise Unprocessable("bad-repository", str(error)) from error
    return UploadOut(repo=stored.repo, base_commit=stored.base_commit)
