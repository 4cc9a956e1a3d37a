-- The study file: one data set, its models and its conditions, one row per
-- (model, condition, sample). This file is the contract between the pipelines
-- that write a study and everything that reads one; `core/store/writing/tables.py`
-- runs it on an empty DuckDB file and fills the tables.
--
-- {angle_count} is the number of angles stored with each row: all classes up
-- to 100 classes, the 10 nearest class directions beyond that.
-- Undefined metrics (a zero feature has no angle) are NULL, never dropped.

-- what the study is: one row
CREATE TABLE study (
    schema_version    INTEGER NOT NULL,    -- version of this contract; a reader refuses any other
    name              VARCHAR NOT NULL,    -- short name, also the file's name
    title             VARCHAR NOT NULL,    -- one line for people
    description       VARCHAR NOT NULL,    -- what the study asks, and what was left out of it
    dataset           VARCHAR NOT NULL,    -- name of the data set
    image_size        INTEGER,             -- side of the square images in pixels; NULL if the study was imported without images
    seed              BIGINT NOT NULL,     -- seed of the split and of every default below it
    corruption_source VARCHAR NOT NULL,    -- 'official', 'generated', 'imported', 'mixed' or 'none'
    configuration     VARCHAR NOT NULL,    -- the study file as JSON, defaults filled in
    versions          VARCHAR NOT NULL,    -- JSON object: library name -> version that made the numbers
    content_sha256    VARCHAR NOT NULL,    -- fingerprint of everything below: equal where nothing changed
    published_at      TIMESTAMP NOT NULL   -- UTC
);

-- the classes
CREATE TABLE classes (
    class_id USMALLINT PRIMARY KEY,        -- 0-based label
    name     VARCHAR NOT NULL              -- the class as people call it
);

-- the test images
CREATE TABLE samples (
    sample_id INTEGER PRIMARY KEY,         -- stable id: the image's row in the data set's own order
    label     USMALLINT NOT NULL,          -- true class
    thumbnail BLOB                         -- the clean image as PNG, shrunk where its side is above 96 pixels; NULL if the study was imported without images
);

-- the networks with fixed weights: dense or pruned
CREATE TABLE models (
    model_id             USMALLINT PRIMARY KEY, -- dense ids in publishing order; use name to refer to a model for good
    name                 VARCHAR NOT NULL,  -- stable, unique, readable
    series               VARCHAR NOT NULL,  -- all that makes the model what it is but for ratio and seeds: equal for models that may be drawn as one curve and averaged over seeds
    series_label         VARCHAR NOT NULL,  -- the same in short: as much as tells the series of this study apart
    network              VARCHAR NOT NULL,  -- architecture, the stem in its name
    method               VARCHAR NOT NULL,  -- 'dense' or the pruning method
    ratio                DOUBLE NOT NULL,   -- fraction of prunable weights (structured: channels) asked to be removed, 0..1
    sparsity             DOUBLE NOT NULL,   -- fraction of prunable weights removed; sparsity_source says how that is known
    sparsity_total       DOUBLE,            -- fraction of all parameters removed; NULL for imported features
    sparsity_source      VARCHAR NOT NULL,  -- counted from 'masks', or 'zeros' where a foreign checkpoint had none; 'stated' by the user for imported features
    scope                VARCHAR,           -- 'global', 'layerwise', 'uniform' or 'erk'; NULL for dense and for given masks
    seed                 BIGINT,            -- seed of initialisation (dense) or of pruning; NULL if unknown
    parent               VARCHAR,           -- name of the model this one was made from
    retrained            BOOLEAN NOT NULL,  -- fine-tuned after pruning, masks held
    retrain_epochs       INTEGER NOT NULL,  -- epochs of that fine-tuning
    recalibrated         BOOLEAN NOT NULL,  -- batch-norm statistics estimated anew on training data
    classifier_prunable  BOOLEAN NOT NULL,  -- the last layer's weights were prunable
    parameters           BIGINT,            -- all parameters of the dense form; NULL for imported features
    nonzero_parameters   BIGINT,            -- parameters that are not removed; NULL for imported features
    macs                 BIGINT,            -- multiply-accumulates for one image, dense; NULL for imported features
    macs_theoretical     BIGINT,            -- the same, counting kept weights only: a bound, not a speed; NULL for imported features
    validation_accuracy  DOUBLE,            -- on the validation split, where best epochs are picked
    checkpoint_sha256    VARCHAR NOT NULL,  -- hash of the weights file, or of the classifier and features that were imported
    details              VARCHAR NOT NULL   -- JSON: recipe, library versions, the rest of the history
);

-- how many weights each layer of a model kept
CREATE TABLE layers (
    model_id     USMALLINT NOT NULL,       -- model
    layer        USMALLINT NOT NULL,       -- position in the network, 0-based
    name         VARCHAR NOT NULL,         -- the layer's name in the network
    kind         VARCHAR NOT NULL,         -- 'conv' or 'linear'
    weights      BIGINT NOT NULL,          -- weights of the dense layer, biases not counted
    kept         BIGINT NOT NULL,          -- weights not removed
    emptied      BOOLEAN NOT NULL,         -- nothing was kept
    PRIMARY KEY (model_id, layer)
);

-- the last linear layer of each model, class by class
CREATE TABLE classifier (
    model_id    USMALLINT NOT NULL,        -- model
    class_id    USMALLINT NOT NULL,        -- class
    weight_norm DOUBLE NOT NULL,           -- L2 norm of the class's row of the last layer's weight
    bias        DOUBLE NOT NULL,           -- the class's bias, 0 for a layer without one
    weight      DOUBLE[],                  -- that row itself where it has at most 2 weights: features can be drawn then; NULL beyond
    PRIMARY KEY (model_id, class_id)
);

-- angles between the class directions of each model; no rows beyond 100 classes
CREATE TABLE class_cosines (
    model_id USMALLINT NOT NULL,           -- model
    class_id USMALLINT NOT NULL,           -- class
    other_id USMALLINT NOT NULL,           -- another class, class_id < other_id
    cosine   DOUBLE,                       -- of the angle between their rows of the last layer's weight; NULL where one is zero
    PRIMARY KEY (model_id, class_id, other_id)
);

-- the versions of the test set: clean, or a corruption at a severity
CREATE TABLE conditions (
    condition_id USMALLINT PRIMARY KEY,    -- dense ids: clean first, then category, corruption, severity
    name         VARCHAR NOT NULL,         -- stable, unique: 'clean' or '<corruption>-<severity>'
    corruption   VARCHAR NOT NULL,         -- 'clean' or the corruption's name
    category     VARCHAR NOT NULL,         -- 'clean', 'noise', 'blur', 'weather', 'digital' or 'other'
    severity     UTINYINT NOT NULL,        -- 1..5, 0 for clean
    source       VARCHAR NOT NULL,         -- 'clean', 'official', 'generated', 'imported' or the file it was read from
    in_benchmark BOOLEAN NOT NULL,         -- of the 15 corruptions of CIFAR-10-C's benchmark; false for clean and for a user's own corruption
    generator_version INTEGER,             -- of core.corruptions, which makes these very images from the clean ones, generator_seed, corruption, severity and sample_id; NULL for images from elsewhere, and for frost from photographs
    generator_seed BIGINT,                 -- seed of those images
    mean_absolute_change DOUBLE            -- how far the clean images moved: mean over images, pixels and channels of the absolute change, 0..255; NULL if unknown
);

-- What some samples look like under conditions whose images can't be made again from `samples`:
-- the samples that charts draw first, the same under each of these conditions.
CREATE TABLE corrupted_images (
    condition_id USMALLINT NOT NULL,       -- condition
    sample_id    INTEGER NOT NULL,         -- sample
    image        BLOB NOT NULL,            -- the corrupted image as PNG, shrunk as thumbnails are
    PRIMARY KEY (condition_id, sample_id)
);

-- Occlusion maps of some samples under some models, made by `python -m pipelines.attribute`: where in
-- the image a metric comes from. A cell is a square of `stride` pixels, its value the mean over the
-- windows that cover it of the metric with the window hidden minus the metric of the whole image.
CREATE TABLE attribution (
    model_id     USMALLINT NOT NULL,       -- model; rows are ordered by (model_id, condition_id, sample_id, metric)
    condition_id USMALLINT NOT NULL,       -- condition whose image it is
    sample_id    INTEGER NOT NULL,         -- sample
    metric       VARCHAR NOT NULL,         -- 'angle', 'length', 'margin' or 'true_probability'
    window_side  USMALLINT NOT NULL,       -- side of the square window in pixels; it is filled with the image's mean colour
    stride       USMALLINT NOT NULL,       -- pixels between windows, a divisor of window_side
    width        USMALLINT NOT NULL,       -- cells in a row of the map
    cells        FLOAT[] NOT NULL,         -- the map, row by row from the upper left corner; an element is NULL where the metric is undefined
    PRIMARY KEY (model_id, condition_id, sample_id, metric)
);

-- How far the features of each model under each condition have shrunk to the means of their classes:
-- the test samples' inputs of the last layer, measured as `core/stats/neural_collapse.py` says after
-- Papyan, Han and Donoho (2020), in float64. S_W and S_B are the scatter within and between classes.
-- NULL where a class has no sample or all class means are equal.
CREATE TABLE neural_collapse (
    model_id     USMALLINT NOT NULL,       -- model
    condition_id USMALLINT NOT NULL,       -- condition
    samples      INTEGER NOT NULL,         -- samples measured: the whole test set, also in an excerpt
    nc1          DOUBLE,                   -- trace(S_W) / trace(S_B): 0 where every feature is its class's mean
    nc1_pinv     DOUBLE,                   -- trace(S_W pinv(S_B)) / classes, as the paper has it
    nc2_norms    DOUBLE,                   -- deviation of the norms of centred class means divided by their mean: 0 where equal
    nc2_cosines  DOUBLE,                   -- deviation of the cosines between centred class means: 0 where equal; NULL where one is zero
    nc3          DOUBLE,                   -- squared distance of class means and class rows, each divided by its Frobenius norm: 0..4; NULL where all rows are zero
    nc4          DOUBLE,                   -- share of predictions that are the class of the nearest class mean: 0..1
    PRIMARY KEY (model_id, condition_id)
);

-- where every sample lies in the last layer of every model under every condition, by ids
CREATE TABLE sample_metrics (
    model_id      USMALLINT NOT NULL,      -- model; rows are ordered by (model_id, condition_id, sample_id)
    condition_id  USMALLINT NOT NULL,      -- condition
    sample_id     INTEGER NOT NULL,        -- sample
    label         USMALLINT NOT NULL,      -- true class, repeated here so that a class needs no join
    prediction    USMALLINT NOT NULL,      -- class of the largest logit
    correct       BOOLEAN NOT NULL,        -- prediction = label
    confidence    FLOAT,                   -- softmax probability of the prediction
    true_probability FLOAT,                -- softmax probability of the true class
    length        FLOAT,                   -- L2 norm of the classifier's input
    angle         FLOAT,                   -- degrees to the true class's direction; NULL for a zero feature
    margin        FLOAT,                   -- distance to the decision boundary, negative where wrong; NULL if undefined
    angles        FLOAT[{angle_count}],    -- degrees to class directions: class k at angles[k + 1], or as angle_classes says
    angle_classes USMALLINT[{angle_count}] -- classes of `angles`, nearest first; NULL where `angles` holds every class
);

-- Rollups: whole-study questions answered without reading sample_metrics.

-- counts and sums for each model, condition and class
CREATE TABLE accuracy_rollup (
    model_id      USMALLINT NOT NULL,      -- model
    condition_id  USMALLINT NOT NULL,      -- condition
    label         USMALLINT NOT NULL,      -- true class
    sample_count  INTEGER NOT NULL,        -- samples of the class
    correct_count INTEGER NOT NULL,        -- samples predicted right
    angle_count   INTEGER NOT NULL,        -- samples whose angle is defined
    margin_count  INTEGER NOT NULL,        -- samples whose margin is defined
    length_sum    DOUBLE NOT NULL,         -- sum of length over all samples
    angle_sum     DOUBLE NOT NULL,         -- sum of angle where defined
    margin_sum    DOUBLE NOT NULL          -- sum of margin where defined
);

-- how many corrupted versions of a sample each model gets right
CREATE TABLE robustness_rollup (
    model_id        USMALLINT NOT NULL,    -- model
    sample_id       INTEGER NOT NULL,      -- sample
    label           USMALLINT NOT NULL,    -- true class
    clean_correct   BOOLEAN,               -- right on the clean image
    corrupted_count USMALLINT NOT NULL,    -- corrupted versions evaluated
    correct_count   USMALLINT NOT NULL     -- of these, predicted right; robustness = correct_count / corrupted_count
);

-- smallest and largest value of each metric under each model and condition
CREATE TABLE metric_range (
    model_id     USMALLINT NOT NULL,       -- model
    condition_id USMALLINT NOT NULL,       -- condition
    metric       VARCHAR NOT NULL,         -- 'angle', 'length' or 'margin'
    low          DOUBLE,                   -- smallest value over all samples
    high         DOUBLE,                   -- largest value over all samples
    null_count   INTEGER NOT NULL          -- samples where the metric is undefined
);

-- how often each model predicts each class under each condition
CREATE TABLE prediction_rollup (
    model_id     USMALLINT NOT NULL,       -- model
    condition_id USMALLINT NOT NULL,       -- condition
    prediction   USMALLINT NOT NULL,       -- class predicted; classes never predicted have no row
    sample_count INTEGER NOT NULL          -- samples that it is predicted for
);

-- the class that each model predicts most often under each condition
CREATE TABLE most_frequent_prediction (
    model_id         USMALLINT NOT NULL,   -- model
    condition_id     USMALLINT NOT NULL,   -- condition
    prediction       USMALLINT NOT NULL,   -- class predicted most often, the first of equals
    share            DOUBLE NOT NULL,      -- of all samples, 0..1
    degenerate_above DOUBLE NOT NULL,      -- max(1/2, (1 + 2 s) / 3), s the share of the most frequent true class: 1/2 on balanced classes
    degenerate       BOOLEAN NOT NULL      -- share > degenerate_above: recall and accuracy say little about such a model
);

-- which samples each model gets right under each condition, as bits
CREATE TABLE correct_bits (
    model_id     USMALLINT NOT NULL,       -- model
    condition_id USMALLINT NOT NULL,       -- condition
    bits         BIT                       -- one bit a sample, in the order of sample_id: 1 where predicted right; NULL where none is
);

-- Views for people who query by hand.

-- Columns of views, where no table has them or a view means something else by the name:
--   model                    name of the model
--   condition                name of the condition
--   class                    name of the true class
--   predicted_class          name of the class of the largest logit
--   series                   models that differ in ratio and seeds only, in short
--   seed                     seed of initialisation (dense) or of pruning
--   correct                  predicted right: yes or no for one sample, a count for many
--   samples                  how many samples
--   accuracy                 share of the samples that are predicted right
--   most_frequent_share      share of the samples that get the class predicted most often
--   recall                   share of the class's samples that are predicted right
--   precision                share of the samples predicted as the class that belong to it; NULL if there are none
--   predicted                how many samples are predicted as the class
--   robustness               share of the sample's corrupted versions that are predicted right
--   clean_correct            predicted right on the clean image
--   true_logit               logit of the true class
--   predicted_logit          the largest logit
--   logits                   logit of class k at logits[k + 1]
--   nll                      negative log-likelihood of the true class
--   energy                   minus the logarithm of the sum of exp(logits)
--   corruption_set           'benchmark' for CIFAR-10-C's 15 corruptions, 'all' for every one evaluated
--   mean_corruption_error    mean over corruptions of the error, averaged over severities
--   corruptions              how many corruptions were averaged

-- one row per model, condition and sample, with names instead of ids
CREATE VIEW metrics AS
SELECT m.name AS model, m.network, m.method, m.series_label AS series, m.ratio, m.sparsity,
       m.retrained, m.seed, c.name AS condition, c.corruption, c.category, c.severity,
       s.sample_id, t.name AS class, p.name AS predicted_class, s.correct, s.confidence,
       s.true_probability, s.length, s.angle, s.margin, s.angles
FROM sample_metrics s
JOIN models m USING (model_id)
JOIN conditions c USING (condition_id)
JOIN classes t ON t.class_id = s.label
JOIN classes p ON p.class_id = s.prediction;

-- The logits of every row, and what follows from them, from geometry and classifier: logit k is
-- weight_norm_k * length * cos(angle_k) + bias_k, since a zero feature or a zero row leaves the
-- bias alone. Beyond 100 classes not all angles are stored: `logits` is NULL there, and so are
-- nll and energy where the predicted class is not among the nearest ones.
CREATE VIEW logits AS
WITH layers_last AS (
    SELECT model_id, list(weight_norm ORDER BY class_id) AS weight_norms,
           list(bias ORDER BY class_id) AS biases
    FROM classifier
    GROUP BY model_id
),
measured AS (
    SELECT s.*, l.weight_norms, l.biases,
           if(s.angle_classes IS NULL, s.angles[s.prediction + 1],
              s.angles[list_position(s.angle_classes::USMALLINT[], s.prediction)]) AS predicted_angle
    FROM sample_metrics s JOIN layers_last l USING (model_id)
),
largest AS (
    SELECT *,
           biases[label + 1] + CASE WHEN length = 0 OR weight_norms[label + 1] = 0 THEN 0
               ELSE weight_norms[label + 1] * length * cos(radians(angle::DOUBLE)) END
               AS true_logit,
           biases[prediction + 1]
               + CASE WHEN length = 0 OR weight_norms[prediction + 1] = 0 THEN 0
               ELSE weight_norms[prediction + 1] * length * cos(radians(predicted_angle::DOUBLE))
               END AS predicted_logit
    FROM measured
)
SELECT m.name AS model, c.name AS condition, s.sample_id, t.name AS class,
       p.name AS predicted_class, s.correct, s.true_logit, s.predicted_logit,
       CASE WHEN s.angle_classes IS NULL THEN list_transform(
           range(len(s.biases)),
           lambda k: s.biases[k + 1]
               + coalesce(s.weight_norms[k + 1] * s.length * cos(radians(s.angles[k + 1]::DOUBLE)), 0)
       ) END AS logits,
       s.true_probability,
       s.predicted_logit - ln(s.confidence::DOUBLE) - s.true_logit AS nll,
       ln(s.confidence::DOUBLE) - s.predicted_logit AS energy
FROM largest s
JOIN models m USING (model_id)
JOIN conditions c USING (condition_id)
JOIN classes t ON t.class_id = s.label
JOIN classes p ON p.class_id = s.prediction;

-- accuracy of every model under every condition, and whether it predicts one class too often
CREATE VIEW accuracy AS
SELECT m.name AS model, m.network, m.method, m.series_label AS series, m.ratio, m.sparsity,
       c.name AS condition, c.corruption, c.category, c.severity, c.in_benchmark,
       sum(r.correct_count)::BIGINT AS correct, sum(r.sample_count)::BIGINT AS samples,
       sum(r.correct_count) / sum(r.sample_count) AS accuracy,
       any_value(f.share) AS most_frequent_share, any_value(f.degenerate) AS degenerate
FROM accuracy_rollup r
LEFT JOIN most_frequent_prediction f USING (model_id, condition_id)
JOIN models m USING (model_id)
JOIN conditions c USING (condition_id)
GROUP BY m.name, m.network, m.method, m.series_label, m.ratio, m.sparsity,
         c.name, c.corruption, c.category, c.severity, c.in_benchmark;

-- recall and precision of every model under every condition, class by class
CREATE VIEW class_accuracy AS
SELECT m.name AS model, m.method, m.ratio, c.name AS condition, c.corruption, c.severity,
       t.name AS class, r.correct_count AS correct, r.sample_count AS samples,
       r.correct_count / r.sample_count AS recall, coalesce(p.sample_count, 0) AS predicted,
       r.correct_count / p.sample_count AS precision
FROM accuracy_rollup r
LEFT JOIN prediction_rollup p
  ON p.model_id = r.model_id AND p.condition_id = r.condition_id AND p.prediction = r.label
JOIN models m ON m.model_id = r.model_id
JOIN conditions c ON c.condition_id = r.condition_id
JOIN classes t ON t.class_id = r.label;

-- share of its corrupted versions that a model gets right, per sample (paper, equation 7)
CREATE VIEW robustness AS
SELECT m.name AS model, m.method, m.ratio, r.sample_id, t.name AS class, r.clean_correct,
       r.correct_count / r.corrupted_count AS robustness
FROM robustness_rollup r
JOIN models m USING (model_id)
JOIN classes t ON t.class_id = r.label
WHERE r.corrupted_count > 0;

-- mean corruption error of every model, unnormalised: mean over corruptions of the mean error over
-- severities. `corruption_set` says over which: 'benchmark' is the 15 corruptions of CIFAR-10-C's
-- benchmark, 'all' every corruption evaluated; `corruptions` counts those found in the study.
CREATE VIEW corruption_error AS
WITH errors AS (
    SELECT model, corruption, in_benchmark, 1 - avg(accuracy) AS error
    FROM accuracy
    WHERE severity > 0
    GROUP BY ALL
)
SELECT model, corruption_set, avg(error) AS mean_corruption_error, count(*) AS corruptions
FROM (
    SELECT model, error, unnest(if(in_benchmark, ['benchmark', 'all'], ['all'])) AS corruption_set
    FROM errors
)
GROUP BY model, corruption_set;

-- the same relative to a model of the study: for every corruption the sum of errors over severities
-- divided by the baseline's, and the same for the errors beyond the clean error; then their means
-- over corruptions. A corruption on which the baseline makes no error has no ratio and is left out.
CREATE MACRO relative_corruption_error(baseline) AS TABLE
WITH errors AS (
    SELECT a.model, a.corruption, a.in_benchmark, sum(1 - a.accuracy) AS error,
           sum(c.accuracy - a.accuracy) AS degradation
    FROM accuracy a
    LEFT JOIN accuracy c ON c.model = a.model AND c.severity = 0
    WHERE a.severity > 0
    GROUP BY ALL
),
ratios AS (
    SELECT e.model, e.error / nullif(b.error, 0) AS error_ratio,
           e.degradation / nullif(b.degradation, 0) AS degradation_ratio,
           unnest(if(e.in_benchmark, ['benchmark', 'all'], ['all'])) AS corruption_set
    FROM errors e JOIN errors b USING (corruption)
    WHERE b.model = baseline
)
SELECT model, corruption_set, avg(error_ratio) AS mean_corruption_error,
       avg(degradation_ratio) AS relative_mean_corruption_error,
       count(error_ratio) AS corruptions
FROM ratios
GROUP BY model, corruption_set;
