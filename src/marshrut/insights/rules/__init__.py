from marshrut.core.shares import wilson as wilson
