"""Which ids the publishers of frameworks have given out, as facts: numbers and no text."""

from __future__ import annotations

import re
from collections.abc import Mapping

# NIST SP 800-53, release 5.1.1: the highest number of each family, and which were withdrawn.
_NIST = {
    "AC": 25, "AT": 6, "AU": 16, "CA": 9, "CM": 14, "CP": 13, "IA": 13, "IR": 10, "MA": 7,
    "MP": 8, "PE": 23, "PL": 11, "PM": 32, "PS": 9, "PT": 8, "RA": 10, "SA": 23, "SC": 51,
    "SI": 23, "SR": 12,
}  # fmt: skip
_NIST_WITHDRAWN = {
    "AC": {13, 15}, "AT": {5}, "AU": {15}, "CA": {4}, "CP": {5}, "IR": {10}, "PE": {7},
    "PL": {3, 5, 6}, "RA": {4}, "SA": {6, 7, 12, 13, 14, 18, 19}, "SC": {9, 14, 19, 33}, "SI": {9},
}  # fmt: skip
# Enhancements that are not withdrawn, of the controls that somebody has looked up.
_NIST_ENHANCEMENTS = {
    "AC-2": {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13},
    "AC-6": {*range(1, 11)},
    "IA-13": {1, 2, 3},
}

# AICPA's Trust Services Criteria of 2017: how many each series has.
_SOC2 = {
    "CC1": 5, "CC2": 3, "CC3": 4, "CC4": 2, "CC5": 3, "CC6": 8, "CC7": 5, "CC8": 1, "CC9": 2,
    "A1": 3, "C1": 2, "PI1": 5, "P1": 1, "P2": 1, "P3": 2, "P4": 3, "P5": 2, "P6": 7, "P7": 1,
    "P8": 1,
}  # fmt: skip

# ISO/IEC 27001:2022, Annex A: 93 controls.
_ISO = {"A.5": 37, "A.6": 8, "A.7": 14, "A.8": 34}

# PCI DSS 4.0 and 4.0.1: how many requirements each section has, and how many are beneath one.
_PCI = {
    "1.1": 2, "1.2": 8, "1.3": 3, "1.4": 5, "1.5": 1, "2.1": 2, "2.2": 7, "2.3": 2, "3.1": 2,
    "3.2": 1, "3.3": 3, "3.4": 2, "3.5": 1, "3.6": 1, "3.7": 9, "4.1": 2, "4.2": 2, "5.1": 2,
    "5.2": 3, "5.3": 5, "5.4": 1, "6.1": 2, "6.2": 4, "6.3": 3, "6.4": 3, "6.5": 6, "7.1": 2,
    "7.2": 6, "7.3": 3, "8.1": 2, "8.2": 8, "8.3": 11, "8.4": 3, "8.5": 1, "8.6": 3, "9.1": 2,
    "9.2": 4, "9.3": 4, "9.4": 7, "9.5": 1, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 3, "10.5": 1,
    "10.6": 3, "10.7": 3, "11.1": 2, "11.2": 2, "11.3": 2, "11.4": 7, "11.5": 2, "11.6": 1,
    "12.1": 4, "12.2": 1, "12.3": 4, "12.4": 2, "12.5": 3, "12.6": 3, "12.7": 1, "12.8": 5,
    "12.9": 2, "12.10": 7,
}  # fmt: skip
_PCI_BENEATH = {
    "3.3.1": 3, "3.5.1": 3, "3.6.1": 4, "4.2.1": 2, "5.2.3": 1, "5.3.2": 1, "6.2.3": 1,
    "7.2.5": 1, "8.3.10": 1, "9.2.1": 1, "9.3.1": 1, "9.4.1": 2, "9.4.5": 1, "9.5.1": 3,
    "10.2.1": 7, "10.4.1": 1, "10.4.2": 1, "11.3.1": 3, "11.3.2": 1, "11.5.1": 1, "12.4.2": 1,
    "12.5.2": 1, "12.6.3": 2, "12.10.4": 1,
}  # fmt: skip

# RFC 9700: subsections of the sections on best practices (2) and on attacks (4).
_RFC_9700 = {
    "2": 6, "2.1": 2, "2.2": 2, "4": 17, "4.1": 3, "4.2": 4, "4.3": 2, "4.4": 2, "4.5": 4,
    "4.6": 1, "4.7": 1, "4.8": 2, "4.9": 3, "4.10": 3, "4.11": 2, "4.14": 2, "4.15": 1, "4.17": 2,
}  # fmt: skip

# DISA STIG for Okta IDaaS, V1R2: all 29 items.
_STIG = {
    f"OKTA-APP-{number:06}"
    for number in (
        20, 25, 90, 170, 180, 190, 200, 560, 570, 650, 670, 680, 690, 700, 740, 745, 1430, 1665,
        1670, 1700, 1710, 1920, 2980, 3010, 3240, 3241, 3242, 3243, 3244,
    )
}  # fmt: skip

_OWASP = {f"API{number}" for number in range(1, 11)}

_SERIES = {
    "soc2-2017": (_SOC2,),
    "iso-27001-2022": (_ISO,),
    "pci-dss-4.0": (_PCI, _PCI_BENEATH),
    "rfc-9700": (_RFC_9700,),
}

# How ids look where a sentence mentions one.
MENTIONED = {
    "nist-800-53-r5": r"\b[A-Z]{2}-\d+(?:\(\d+\))?",
    "soc2-2017": r"\b(?:CC\d|A1|C1|PI1|P\d)\.\d\b",
    "iso-27001-2022": r"\bA\.\d+\.\d+",
    "pci-dss-4.0": r"\b\d+\.\d+\.\d+(?:\.\d+)?",
    "owasp-api-2023": r"\bAPI\d+",
    "rfc-9700": r"\b[24]\.\d+(?:\.\d+)?",
    "disa-stig-okta-idaas": r"\bOKTA-APP-\d+",
}


def exists(framework: str, control: str) -> bool:
    """Whether the publisher has given out the id, in the version that the framework names."""
    if framework == "nist-800-53-r5":
        return _of_nist(control)
    if framework == "disa-stig-okta-idaas":
        return control in _STIG
    if framework == "owasp-api-2023":
        return control in _OWASP
    return any(_counted(series, control) for series in _SERIES[framework])


def _counted(series: Mapping[str, int], control: str) -> bool:
    before, _, number = control.rpartition(".")
    return re.fullmatch(r"[1-9]\d*", number) is not None and 1 <= int(number) <= series.get(
        before, 0
    )


def _of_nist(control: str) -> bool:
    found = re.fullmatch(r"(([A-Z]{2})-([1-9]\d*))(?:\(([1-9]\d*)\))?", control)
    if not found:
        return False
    base, family, number, enhancement = found.groups()
    given = 1 <= int(number) <= _NIST.get(family, 0)
    withdrawn = int(number) in _NIST_WITHDRAWN.get(family, ())
    known = enhancement is None or int(enhancement) in _NIST_ENHANCEMENTS.get(base, ())
    return given and not withdrawn and known
