"""Look after the field work: `server` fetches form and submissions into the study folder.

    KoboToolbox, ODK Central  ─ server ─►  questionnaire.xlsx, responses/

What is fetched is read like a downloaded export.
"""
