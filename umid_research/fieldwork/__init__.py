"""Look after the field work: `server` fetches the submissions, `monitor` shows how it goes.

    KoboToolbox, ODK Central  ─ server ─►  questionnaire.xlsx, responses/  (the study folder)
    responses, states, issues, set_aside, intake  ─ monitor ─►  one page and one workbook

What `server` writes is read like a downloaded export. What `monitor` writes is internal: it names
interviewers by their codes, and its numbers are not protected like those of a report.
"""
