"""One module for each output format."""

import pandas as pd

# where pyarrow is installed, pandas would keep text in it, and that refuses names of files that are no valid UTF-8
pd.options.mode.string_storage = "python"
