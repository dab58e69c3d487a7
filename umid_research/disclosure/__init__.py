"""Make `published`: the numbers that a reader may see, rounded, with all others withheld.

One row is one number of a report. Notebooks read this frame and no other data.

    table            dimension  group      statistic  value  low  high  units  respondents  shown
    scores_by_group  trust      community  mean          62   55    69     12           24   True
    scores_by_group  trust      ngo        mean                                             False

For example, the mean trust score of the 12 communities (24 people) is 62; if communities were a
random sample, the 95 % interval would be 55 to 69. The NGOs' score is withheld. All withheld cells
look alike, so that a reader cannot tell whether the NGOs are few, all agree, or would reveal
others.

- `rules` does the primary suppression (rules 1 to 4, 6 and 7 of the analysis plan, section 3);
- `audit` finds out what the remaining numbers reveal of the withheld ones (rule 5);
- `suppression` does the secondary suppression: it withholds more until the audit finds nothing, of
  counts in `count_suppression`, each time what is `cheapest` for readers;
- `editions` withholds what an earlier edition and this one would tell together (rule 9);
- `derived` withholds rows that would restate a withheld number in another form;
- `registers` runs the same audit and suppression on the registers of the activities (rule 8).

A contrast carries the `verdict` of its comparison, decided before rounding. It becomes `unclear`
where the printed difference is zero or has another sign, and `withheld` with the row or with the
numbers it rests on. A row that is not shown has a code in `reason`, or none where it is withheld.
"""
