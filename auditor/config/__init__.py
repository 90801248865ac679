"""Settings: what the command line, the environment and a configuration file can say.

`model` has the keys, `effective` the order in which the layers win, `trust` what a file that
was merely found may not do.
"""

from auditor.config.effective import Effective as Effective
from auditor.config.effective import effective as effective
from auditor.config.model import Config as Config
from auditor.config.model import Settings as Settings
from auditor.config.model import config_schema as config_schema
from auditor.config.reading import read_config as read_config
