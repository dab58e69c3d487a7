"""From a questionnaire and the exports of a survey to a study people read and can rebuild."""
