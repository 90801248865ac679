"""The people of Northwind Robotics, and the groups they are in.

Logins are first names, because the founders thought that nobody would ever share one.
"""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company

PEOPLE = {
    # Leadership
    "ingrid": "Ingrid Solheim",
    "kwame": "Kwame Boateng",
    "mei": "Mei-Ling Chou",
    # Finance
    "amara": "Amara Okonkwo",
    "henrik": "Henrik Dahl",
    "lucia": "Lucía Ferrer",
    "tomasz": "Tomasz Wiśniewski",
    # The shop for spare parts
    "ada": "Ada Lindqvist",
    "bilal": "Bilal Haddad",
    "chiara": "Chiara Moretti",
    "dmitri": "Dmitri Volkov",
    "esi": "Esi Mensah",
    # Sales
    "felipe": "Felipe Duarte",
    "grace": "Grace Nakamura",
    "hana": "Hana Novotná",
    "ibrahim": "Ibrahim Yıldız",
    # Support
    "jonas": "Jonas Becker",
    "keiko": "Keiko Arai",
    "leila": "Leila Farahani",
    "mateo": "Mateo Quispe",
    "nadia": "Nadia Benali",
    # Fleet operations, who watch the robots
    "oscar": "Oscar Nyström",
    "priya": "Priya Raghavan",
    "quentin": "Quentin Lefèvre",
    "rosa": "Rosa Jiménez",
    # Field technicians, who repair them
    "soren": "Søren Kjær",
    "thandi": "Thandiwe Dlamini",
    "umar": "Umar Siddiqui",
    "valentina": "Valentina Rossi",
    # The warehouse, where they are tried out
    "wei": "Wei Zhang",
    "ximena": "Ximena Castillo",
    "yusuf": "Yusuf Abdi",
    "zofia": "Zofia Kowalczyk",
    "bram": "Bram de Vries",
    "cem": "Cem Aydın",
    # Firmware
    "anh": "Nguyễn Anh",
    "elias": "Elias Hakala",
    "fatou": "Fatou Diop",
    "goran": "Goran Petrović",
    "noor": "Noor van Dijk",
    # People team
    "helena": "Helena Carvalho",
    "isaac": "Isaac Adeyemi",
    "juno": "Juno Park",
    # Partners' managers
    "kavya": "Kavya Menon",
    "liam": "Liam O'Sullivan",
    # Platform engineering, who run Okta
    "marta": "Marta Szabó",
    "nils": "Nils Andersen",
    "olu": "Olúwaṣeun Balogun",
}

SERVICE_ACCOUNTS = {
    "svc-backup": "Configuration Backup",
    "svc-scim": "Directory Bridge",
}
"""Users that nobody signs in as; they own API tokens."""

STATUSES = {
    "cem": "PASSWORD_EXPIRED",
    "hana": "LOCKED_OUT",
    "juno": "PROVISIONED",
    "quentin": "SUSPENDED",
}
"""Everybody else is ACTIVE."""

GROUPS = {
    "Leadership": ["ingrid", "kwame", "mei"],
    "Finance": ["amara", "henrik", "lucia", "tomasz"],
    "Checkout staff": ["ada", "bilal", "chiara", "dmitri", "esi"],
    "Payment operators": ["chiara", "esi", "henrik"],
    "Sales": ["felipe", "grace", "hana", "ibrahim"],
    "Support": ["jonas", "keiko", "leila", "mateo", "nadia"],
    "Fleet operations": ["oscar", "priya", "quentin", "rosa"],
    "Field technicians": ["soren", "thandi", "umar", "valentina"],
    "Warehouse": ["wei", "ximena", "yusuf", "zofia", "bram", "cem"],
    "Warehouse shift leads": ["ximena", "bram"],
    "Firmware engineers": ["anh", "elias", "fatou", "goran", "noor"],
    "Release managers": ["fatou", "mei"],
    "People team": ["helena", "isaac", "juno"],
    "Partner managers": ["kavya", "liam"],
    "Platform engineering": ["marta", "nils", "olu"],
}

ADMINS = {
    "marta": ["SUPER_ADMIN"],
    "olu": ["API_ACCESS_MANAGEMENT_ADMIN", "APP_ADMIN"],
    "keiko": ["HELP_DESK_ADMIN"],
    "svc-backup": ["READ_ONLY_ADMIN"],
    "svc-scim": ["GROUP_MEMBERSHIP_ADMIN"],
}


def add_people(company: Company) -> None:
    """Hire everybody."""
    for login, name in (PEOPLE | SERVICE_ACCOUNTS).items():
        company.person(login, name, status=STATUSES.get(login, "ACTIVE"))
    for group, members in GROUPS.items():
        company.group(group, members)
    for login, roles in ADMINS.items():
        company.admin(login, *roles)
