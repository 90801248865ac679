"""Rules and what becomes of them: selection, evaluation, findings, results."""
