"""Disclosure audit of `published`: what do sums and differences still reveal of what is withheld?

    table             question  answer  group      value     table             …  value
    answers           aware     yes                   20     answers                 20
    answers_by_group  aware     yes     community     11  ->  answers_by_group        11
    answers_by_group  aware     yes     cdc            9     answers_by_group
    answers_by_group  aware     yes     ngo                  answers_by_group

For example, 20 people know the plan. With 11 of them in communities and 9 in councils (cdc), the
withheld number of NGOs must be 0: a differencing attack. Once the councils' count is withheld as
well, more than one number of NGOs is possible.

This is rule 5 of the analysis plan, section 3. `rules` does the primary suppression (rules 1 to 4
and 6); this package audits the result, and `suppression` withholds more until the audit passes.

The audit assumes an attacker who has every published number of every report and is granted more:

- the group, district, locality, unit and weight of every respondent, and who answered which
  question, though not what they answered; for every meeting, the groups that took part, and what
  several groups said in a meeting they shared;
- each count exactly, each mean to within half a point, each difference as that of two means;
- the share that each dimension or area has in an index;
- from the interval of a mean, or of a difference between districts, the tightest bounds that it
  sets on the score of a single unit or locality.

Guarantee: whatever linear arithmetic the attacker does,

- the feasibility interval (all values consistent with the published numbers) of the mean score of
  one person, or of two, in a dimension or a part of the plan is at least `thresholds.protection`
  points wide, on the scale of 0 to 100; so is that of the index, for people who answered the same
  number of dimensions;
- at least two whole numbers are possible for every withheld count, given all published counts and
  also, for answers with a score, the means; for answers without a score, the numbers of people
  behind means and alphas.

Where the audit fails, one of the published numbers that reveal too much is withheld: first an
interval, then the cell with the fewest people, in the study's order. Then the audit runs again.

Not covered is an attacker who

- also knows other people's answers;
- reasons from what this procedure chose to withhold;
- uses how likely an answer is;
- combines means with the numbers of people behind them;
- in a study of more than 150 people, combines what is known of two people who are audited
  separately: each of them is audited, but others may have to offset both at once;
- uses quartiles and means of answers that are numbers, or percentages of members of repeated
  groups: `rules.numbers` and `rules.members` have rules of their own;
- uses the spread of several units at once, or numbers that show how far people lie apart but not
  where: limits and p-values of differences within localities, reliability, robustness, bands,
  and limits and decimals of percentages that depend on weights or clusters.

An answer that nobody gave is shown as 0 over all respondents, and has no row of its own where a
group or district is withheld.
"""
