"""How each subject's published figures are carried over: one module a subject."""
