-- Questions that people ask of a study, each with the query that answers it. A line "-- ## ..." starts
-- a question and is its title. $reference, $compared and their $..._condition stand for what is
-- chosen in the app, $class for a class of the study.

-- ## Which models lose most under corruption while they look fine on clean images?
-- the models that lose most under corruption while they look fine on clean images
SELECT model,
       avg(accuracy) FILTER (severity = 0) AS clean,
       avg(accuracy) FILTER (severity > 0) AS corrupted
FROM accuracy
GROUP BY model
ORDER BY round(clean - corrupted, 6) DESC, model;

-- ## Which samples of a class lie closest to the boundary?
-- samples of a class that lie closest to the boundary, under one model and condition
SELECT sample_id, predicted_class, angle, length, margin
FROM metrics
WHERE model = $reference AND condition = $reference_condition AND class = $class
ORDER BY margin, sample_id
LIMIT 10;

-- ## Does a sample's place in the last layer foretell its robustness?
-- does a sample's place in the last layer foretell its robustness? (the paper's table 1)
SELECT r.model, corr(r.robustness, m.angle) AS angle, corr(r.robustness, m.length) AS length,
       corr(r.robustness, m.margin) AS margin
FROM robustness r
JOIN metrics m ON m.model = r.model AND m.sample_id = r.sample_id AND m.condition = 'clean'
GROUP BY r.model
ORDER BY r.model;

-- ## Which samples have the largest loss?
-- logits, negative log-likelihood and energy of every row, from geometry and classifier
SELECT sample_id, class, predicted_class, logits, true_probability, nll, energy
FROM logits
WHERE model = $reference AND condition = $reference_condition
ORDER BY nll DESC, sample_id
LIMIT 10;

-- ## Which pruning method holds up, and up to what sparsity?
-- mean accuracy of each method at each target sparsity, on clean and on corrupted images
SELECT method, ratio, count(DISTINCT model) AS models,
       avg(accuracy) FILTER (severity = 0) AS clean,
       avg(accuracy) FILTER (severity > 0) AS corrupted
FROM accuracy
GROUP BY method, ratio
ORDER BY method, ratio;

-- ## Which samples go from right to wrong, and how far did they move?
-- samples that are right under the reference and wrong under the compared
SELECT r.sample_id, r.class, c.predicted_class,
       c.angle - r.angle AS angle_change, c.length - r.length AS length_change,
       c.margin - r.margin AS margin_change
FROM metrics r
JOIN metrics c USING (sample_id)
WHERE r.model = $reference AND r.condition = $reference_condition AND r.correct
  AND c.model = $compared AND c.condition = $compared_condition AND NOT c.correct
ORDER BY margin_change, r.sample_id;

-- ## How many samples change sides between two models?
-- both right, right to wrong, wrong to right, both wrong: the counts of McNemar's test
SELECT r.correct AS right_under_reference, c.correct AS right_under_compared,
       count(*) AS samples
FROM metrics r
JOIN metrics c USING (sample_id)
WHERE r.model = $reference AND r.condition = $reference_condition
  AND c.model = $compared AND c.condition = $compared_condition
GROUP BY ALL
ORDER BY right_under_reference DESC, right_under_compared DESC;

-- ## Which corruptions hurt most, severity by severity?
-- accuracy under each corruption, the lowest of the reference first
SELECT corruption, severity,
       any_value(accuracy) FILTER (model = $reference) AS reference,
       any_value(accuracy) FILTER (model = $compared) AS compared
FROM accuracy
WHERE severity > 0
GROUP BY corruption, severity
ORDER BY reference, corruption, severity;

-- ## Which classes are taken for which?
-- confusions of the compared, the most frequent ones first
SELECT class, predicted_class, count(*) AS samples
FROM metrics
WHERE model = $compared AND NOT correct
GROUP BY class, predicted_class
ORDER BY samples DESC, class, predicted_class
LIMIT 20;

-- ## Which classes pay for pruning?
-- recall of each class under the same condition, reference against compared
SELECT class,
       any_value(recall) FILTER (model = $reference) AS reference,
       any_value(recall) FILTER (model = $compared) AS compared,
       compared - reference AS change
FROM class_accuracy
WHERE condition = $reference_condition
GROUP BY class
ORDER BY change, class;

-- ## How far do corruptions move samples to the boundary?
-- relative margin change under each corruption, without the lowest and highest 0.5 % (the paper's
-- figure 10)
WITH changes AS (
    SELECT c.corruption, c.severity,
           (r.margin::DOUBLE - c.margin) / nullif(r.margin, 0) AS change
    FROM metrics c
    JOIN metrics r ON r.model = c.model AND r.sample_id = c.sample_id AND r.condition = 'clean'
    WHERE c.model = $compared AND c.severity > 0
),
limits AS (
    SELECT quantile_cont(change, 0.005) AS low, quantile_cont(change, 0.995) AS high FROM changes
)
SELECT corruption, severity, median(change) AS median_change, avg(change) AS mean_change,
       count(*) AS samples
FROM changes, limits
WHERE change BETWEEN low AND high
GROUP BY corruption, severity
ORDER BY median_change DESC, corruption, severity;

-- ## Which samples are fragile under every model?
-- the samples with the lowest mean robustness over models
SELECT sample_id, class, avg(robustness) AS mean_robustness, min(robustness) AS lowest,
       max(robustness) AS highest, count(*) AS models
FROM robustness
GROUP BY sample_id, class
ORDER BY mean_robustness, sample_id
LIMIT 50;

-- ## Which models are more robust than the reference?
-- mean corruption error relative to the reference: below 1 is better than it
SELECT e.model, m.method, m.ratio, e.mean_corruption_error, e.relative_mean_corruption_error
FROM relative_corruption_error($reference) e
JOIN models m ON m.name = e.model
WHERE e.corruption_set = 'all'
ORDER BY round(e.mean_corruption_error, 6), e.model;

-- ## Are predictions as sure as they are right?
-- accuracy and mean confidence in tenths of confidence, under the reference
SELECT least(floor(confidence * 10), 9) / 10 AS confidence_from, count(*) AS samples,
       avg(confidence) AS mean_confidence, avg(correct::INTEGER) AS accuracy
FROM metrics
WHERE model = $reference AND confidence IS NOT NULL
GROUP BY confidence_from
ORDER BY confidence_from;
