"""Publishers' formats and protocols, one file each; siblings do not know each other."""
