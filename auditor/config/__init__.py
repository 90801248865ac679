"""Settings: what the command line, the environment and a configuration file can say.

`model` has the keys, `precedence` the order in which the layers win, `trust` what a file that
nobody named may not do.
"""

from auditor.config.model import Config as Config
from auditor.config.model import Settings as Settings
from auditor.config.model import config_schema as config_schema
from auditor.config.precedence import EffectiveSettings as EffectiveSettings
from auditor.config.precedence import merge_settings as merge_settings
from auditor.config.reading import read_config as read_config
