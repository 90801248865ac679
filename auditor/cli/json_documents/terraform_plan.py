"""What `plan --format json` prints. The keys are those of `auditor.terraform.summary`."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt

from auditor.cli.json_documents.part import DocumentPart


class TerraformPlan(DocumentPart):
    """What a Terraform plan does to an org."""

    made_by: str = Field(description="The program that made the plan, with its version.")
    digest: str = Field(description="Of the plan's file.")
    base: str | None = Field(description="The digest of the snapshot beneath; null without one.")
    resources: dict[str, NonNegativeInt] = Field(
        description="How many resources are created, updated, deleted and so on."
    )
    incomplete: list[str] = Field(description="Why the plan does not say all.")
    base_unread: list[str] = Field(
        description="Collections that were not read completely for the snapshot beneath."
    )
    not_known: list[str] = Field(description="What is known after apply only, or was not given.")
    assumed: list[str] = Field(description="What was taken as its references read.")
    notes: list[str]
    unknown_attributes: list[str] = Field(description="Attributes that are not known here.")
    not_modelled: list[str] = Field(description="Resources of which nothing is understood.")
