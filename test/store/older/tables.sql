CREATE SCHEMA offbeat;
CREATE FUNCTION offbeat.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
  begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
  end $$;
CREATE FUNCTION offbeat.refuse_lone_delete() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
  begin
    if current_setting('offbeat.deleting', true) = old.repository_id::text then
      return old;
    end if;
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
  end $$;
CREATE TABLE offbeat.audit (
    repository_id bigint NOT NULL,
    sequence bigint NOT NULL,
    event jsonb NOT NULL
);
ALTER TABLE offbeat.audit ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME offbeat.audit_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE offbeat.care (
    repository_id bigint NOT NULL,
    care jsonb NOT NULL
);
CREATE TABLE offbeat.dead_letters (
    id text NOT NULL,
    at timestamp with time zone NOT NULL,
    delivery_id text NOT NULL,
    event text NOT NULL,
    reason text NOT NULL,
    attempts integer NOT NULL,
    job jsonb
);
CREATE TABLE offbeat.decisions (
    repository_id bigint NOT NULL,
    sequence bigint NOT NULL,
    id text NOT NULL,
    at timestamp with time zone NOT NULL,
    decision jsonb NOT NULL
);
ALTER TABLE offbeat.decisions ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME offbeat.decisions_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE offbeat.deployment (
    only_row boolean DEFAULT true NOT NULL,
    deployment jsonb NOT NULL,
    CONSTRAINT deployment_only_row_check CHECK (only_row)
);
CREATE TABLE offbeat.lateness_changes (
    sequence bigint NOT NULL,
    change jsonb NOT NULL
);
ALTER TABLE offbeat.lateness_changes ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME offbeat.lateness_changes_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE offbeat.lateness_pool (
    only_row boolean DEFAULT true NOT NULL,
    pool jsonb NOT NULL,
    CONSTRAINT lateness_pool_only_row_check CHECK (only_row)
);
CREATE TABLE offbeat.learned_parts (
    repository_id bigint NOT NULL,
    part text NOT NULL,
    state jsonb NOT NULL
);
CREATE TABLE offbeat.learning_events (
    repository_id bigint NOT NULL,
    sequence bigint NOT NULL,
    event jsonb NOT NULL
);
ALTER TABLE offbeat.learning_events ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME offbeat.learning_events_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE offbeat.migrations (
    name character varying(255) NOT NULL,
    "timestamp" character varying(255) NOT NULL
);
CREATE TABLE offbeat.migrations_lock (
    id character varying(255) NOT NULL,
    is_locked integer DEFAULT 0 NOT NULL
);
CREATE TABLE offbeat.operator_audit (
    sequence bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    action text NOT NULL,
    repository_id bigint,
    details jsonb NOT NULL
);
ALTER TABLE offbeat.operator_audit ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME offbeat.operator_audit_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE offbeat.populations (
    repository_id bigint NOT NULL,
    population jsonb NOT NULL
);
CREATE TABLE offbeat.proposals (
    repository_id bigint NOT NULL,
    pull_number integer NOT NULL,
    "position" bigint NOT NULL,
    state text NOT NULL,
    proposal jsonb NOT NULL
);
ALTER TABLE offbeat.proposals ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME offbeat.proposals_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE SEQUENCE offbeat.versions
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE offbeat.repositories (
    id bigint NOT NULL,
    installation_id bigint NOT NULL,
    owner text NOT NULL,
    name text NOT NULL,
    default_branch text NOT NULL,
    archived boolean NOT NULL,
    fork boolean NOT NULL,
    private boolean NOT NULL,
    commanded_mode text,
    last_round_at timestamp with time zone,
    removed_at timestamp with time zone,
    notices_given text[] NOT NULL,
    version bigint DEFAULT nextval('offbeat.versions'::regclass) NOT NULL,
    older_events integer DEFAULT 0 NOT NULL,
    older_audit integer DEFAULT 0 NOT NULL
);
CREATE TABLE offbeat.run_months (
    repository_id bigint NOT NULL,
    path text NOT NULL,
    month text NOT NULL,
    runs integer NOT NULL,
    successes integer NOT NULL,
    failures integer NOT NULL,
    timed_runs integer NOT NULL,
    total_seconds double precision NOT NULL
);
CREATE TABLE offbeat.runs (
    repository_id bigint NOT NULL,
    run_id bigint NOT NULL,
    attempt integer NOT NULL,
    workflow_id bigint NOT NULL,
    path text NOT NULL,
    event text NOT NULL,
    head_sha text NOT NULL,
    head_branch text,
    actor text,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    conclusion text,
    jobs_started_at timestamp with time zone,
    jobs_ended_at timestamp with time zone,
    duration_seconds double precision,
    queue_seconds double precision,
    schedule_key text,
    tick timestamp with time zone,
    ambiguous boolean NOT NULL
)
PARTITION BY RANGE (created_at);
CREATE TABLE offbeat.runs_2026_01 (
    repository_id bigint NOT NULL,
    run_id bigint NOT NULL,
    attempt integer NOT NULL,
    workflow_id bigint NOT NULL,
    path text NOT NULL,
    event text NOT NULL,
    head_sha text NOT NULL,
    head_branch text,
    actor text,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    conclusion text,
    jobs_started_at timestamp with time zone,
    jobs_ended_at timestamp with time zone,
    duration_seconds double precision,
    queue_seconds double precision,
    schedule_key text,
    tick timestamp with time zone,
    ambiguous boolean NOT NULL
);
CREATE TABLE offbeat.runs_other (
    repository_id bigint NOT NULL,
    run_id bigint NOT NULL,
    attempt integer NOT NULL,
    workflow_id bigint NOT NULL,
    path text NOT NULL,
    event text NOT NULL,
    head_sha text NOT NULL,
    head_branch text,
    actor text,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    conclusion text,
    jobs_started_at timestamp with time zone,
    jobs_ended_at timestamp with time zone,
    duration_seconds double precision,
    queue_seconds double precision,
    schedule_key text,
    tick timestamp with time zone,
    ambiguous boolean NOT NULL
);
CREATE TABLE offbeat.schedule_versions (
    repository_id bigint NOT NULL,
    sha text NOT NULL,
    "position" bigint NOT NULL,
    seen_at double precision NOT NULL,
    entries jsonb NOT NULL
);
ALTER TABLE offbeat.schedule_versions ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME offbeat.schedule_versions_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE offbeat.seen_keys (
    key text NOT NULL COLLATE pg_catalog."C",
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE ONLY offbeat.runs ATTACH PARTITION offbeat.runs_2026_01 FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-02-01 00:00:00+00');
ALTER TABLE ONLY offbeat.runs ATTACH PARTITION offbeat.runs_other DEFAULT;
INSERT INTO offbeat.audit (repository_id, sequence, event) OVERRIDING SYSTEM VALUE VALUES
	(1, 1, '{"at": 1, "by": "octocat", "to": null, "from": null, "kind": "wish", "what": "wished", "decisionId": null, "pullNumber": null}');
INSERT INTO offbeat.dead_letters (id, at, delivery_id, event, reason, attempts, job) VALUES
	('unread-unreadable', '2026-11-21 10:42:16.055661+00', 'unreadable', 'workflow_run', 'It could not be read.', 0, NULL);
INSERT INTO offbeat.decisions (repository_id, sequence, id, at, decision) OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'd-1', '2026-05-04 03:17:00+00', '{"at": 1777864620000, "id": "d-1", "load": {"after": [0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6], "before": [0.5, 0.5, 3, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]}, "seed": 7, "gates": [], "terms": {"after": {"edit": 0, "shift": 0, "failure": 1, "overlap": 0.4, "finishBy": 1, "lateness": 1}, "before": {"edit": 0, "shift": 0, "failure": 1, "overlap": 1, "finishBy": 1, "lateness": 1}}, "benefit": 0.3, "trigger": "run", "version": 1, "strategy": "default", "schedules": [{"to": "17 21 * * *", "key": ".github/workflows/nightly.yml#0", "cron": "0 2 * * *", "path": ".github/workflows/nightly.yml", "index": 0, "today": {"durationP90Seconds": 1740, "latenessP90Minutes": 255, "successProbability": 0.94, "finishByProbability": null, "durationMedianSeconds": 1240, "latenessMedianMinutes": 158, "overlapMinutesPerWeek": 312}, "benefit": 0.4, "outcome": "move", "reasons": ["Runs at 02:00 start late."], "proposed": {"durationP90Seconds": 1740, "latenessP90Minutes": 49, "successProbability": 0.94, "finishByProbability": null, "durationMedianSeconds": 1240, "latenessMedianMinutes": 30, "overlapMinutesPerWeek": 12}, "runsSeen": 58, "timezone": "UTC", "confidence": 0.8, "alternatives": [{"cron": "41 20 * * *", "score": 0.43}], "workflowName": "Nightly"}], "confidence": 0.8, "propensity": 1}');
INSERT INTO offbeat.lateness_changes (sequence, change) OVERRIDING SYSTEM VALUE VALUES
	(1, '{"kept": [[2, 1]], "count": 1, "drift": [], "level": -0.3846742506271954, "hourSums": [[2, -1.4714068168662275]], "hourWeights": [[2, 1]], "hourSchedules": [[2, 1]]}'),
	(2, '{"kept": [[2, 0.9950000000000001]], "count": 1, "drift": [{"sum": 0.000006885574765247426, "count": 1, "bucket": 2946112}], "level": -0.2060754914074261, "hourSums": [[2, -1.2579742913744703]], "hourWeights": [[2, 0.9950000000000001]], "weekWeights": [[26, 1]]}'),
	(3, '{"kept": [[2, 0.9900250000000002]], "count": 1, "drift": [{"sum": 0.0000069009692893473584, "count": 1, "bucket": 2946256}], "level": -0.15778461810769073, "hourSums": [[2, -1.0938998018099073]], "hourWeights": [[2, 0.9900250000000002]], "weekWeights": [[50, 1]]}'),
	(4, '{"kept": [[2, 0.985074875]], "count": 1, "drift": [{"sum": 0.000006893136789587473, "count": 1, "bucket": 2946400}], "level": -0.12514610388076708, "hourSums": [[2, -0.96328419892009]], "hourWeights": [[2, 0.985074875]], "weekWeights": [[74, 1]]}'),
	(5, '{"kept": [[2, 0.9801495006250005]], "count": 1, "drift": [{"sum": 0.000006833409040396532, "count": 1, "bucket": 2946544}], "level": -0.10199605368237963, "hourSums": [[2, -0.8564717242431108]], "hourWeights": [[2, 0.9801495006250005]], "weekWeights": [[98, 1]]}'),
	(6, '{"kept": [[2, 0.9752487531218748]], "count": 1, "drift": [{"sum": 0.00000677786656400059, "count": 1, "bucket": 2946688}], "level": -0.08494457946253586, "hourSums": [[2, -0.7672447861593588]], "hourWeights": [[2, 0.9752487531218748]], "weekWeights": [[122, 1]]}'),
	(7, '{"kept": [[2, 0.9703725093562658]], "count": 1, "drift": [{"sum": 0.0000065687566901395655, "count": 1, "bucket": 2946832}], "level": -0.07199833478990225, "hourSums": [[2, -0.6914102274386602]], "hourWeights": [[2, 0.9703725093562658]], "weekWeights": [[146, 1]]}'),
	(8, '{"kept": [[2, 0.9655206468094839]], "count": 1, "drift": [{"sum": 0.0000066064517665331834, "count": 1, "bucket": 2946976}], "level": -0.0619210159244612, "hourSums": [[2, -0.6260321603770063]], "hourWeights": [[2, 0.9655206468094839]], "weekWeights": [[2, 1]]}'),
	(9, '{"kept": [[2, 0.9606930435754366]], "count": 1, "drift": [{"sum": 0.000006533256042606794, "count": 1, "bucket": 2947120}], "level": -0.05391176415283461, "hourSums": [[2, -0.5689902354222856]], "hourWeights": [[2, 0.9606930435754366]], "weekWeights": [[26, 0.97]]}'),
	(10, '{"kept": [[2, 0.95588957835756]], "count": 1, "drift": [{"sum": 0.00000648454882368199, "count": 1, "bucket": 2947264}], "level": -0.047432673780884116, "hourSums": [[2, -0.5187126104642914]], "hourWeights": [[2, 0.95588957835756]], "weekWeights": [[50, 0.97]]}'),
	(11, '{"kept": [[2, 0.9511101304657714]], "count": 1, "drift": [{"sum": 0.000006439781809586265, "count": 1, "bucket": 2947408}], "level": -0.042111224582114026, "hourSums": [[2, -0.4740078228298543]], "hourWeights": [[2, 0.9511101304657714]], "weekWeights": [[74, 0.97]]}'),
	(12, '{"kept": [[2, 0.946354579813443]], "count": 1, "drift": [{"sum": 0.0000064005720998849824, "count": 1, "bucket": 2947552}], "level": -0.03768257473426839, "hourSums": [[2, -0.4339552089814376]], "hourWeights": [[2, 0.946354579813443]], "weekWeights": [[98, 0.97]]}'),
	(13, '{"kept": [[2, 0.9416228069143759]], "count": 1, "drift": [{"sum": 0.0000061370042021557936, "count": 1, "bucket": 2947696}], "level": -0.03395410544282429, "hourSums": [[2, -0.3978313274937051]], "hourWeights": [[2, 0.9416228069143759]], "weekWeights": [[122, 0.97]]}'),
	(14, '{"kept": [[2, 0.9369146928798031]], "count": 1, "drift": [{"sum": 0.000006038052088097601, "count": 1, "bucket": 2947840}], "level": -0.030782909418194837, "hourSums": [[2, -0.36505926143804146]], "hourWeights": [[2, 0.9369146928798031]], "weekWeights": [[146, 0.97]]}');
INSERT INTO offbeat.learned_parts (repository_id, part, state) VALUES
	(1, 'priors', 'null'),
	(1, 'version', '1'),
	(1, 'finished', '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]'),
	(1, 'background', '{"sums": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "weeks": 0, "lastAt": 0}'),
	(1, 'matches/.github/workflows/nightly.yml', '{"entries": {".github/workflows/nightly.yml#0": {"cron": "30 2 * * *", "taken": [{"tick": 1767580200000, "runId": 1, "ambiguous": false, "createdAt": 1767580800000}, {"tick": 1767666600000, "runId": 2, "ambiguous": false, "createdAt": 1767667200000}, {"tick": 1767753000000, "runId": 3, "ambiguous": false, "createdAt": 1767753600000}, {"tick": 1767839400000, "runId": 4, "ambiguous": false, "createdAt": 1767840000000}, {"tick": 1767925800000, "runId": 5, "ambiguous": false, "createdAt": 1767926400000}, {"tick": 1768012200000, "runId": 6, "ambiguous": false, "createdAt": 1768012800000}, {"tick": 1768098600000, "runId": 7, "ambiguous": false, "createdAt": 1768099200000}, {"tick": 1768185000000, "runId": 8, "ambiguous": false, "createdAt": 1768185600000}, {"tick": 1768271400000, "runId": 9, "ambiguous": false, "createdAt": 1768272000000}, {"tick": 1768357800000, "runId": 10, "ambiguous": false, "createdAt": 1768358400000}, {"tick": 1768444200000, "runId": 11, "ambiguous": false, "createdAt": 1768444800000}, {"tick": 1768530600000, "runId": 12, "ambiguous": false, "createdAt": 1768531200000}, {"tick": 1768617000000, "runId": 13, "ambiguous": false, "createdAt": 1768617600000}, {"tick": 1768703400000, "runId": 14, "ambiguous": false, "createdAt": 1768704000000}], "missed": [], "phases": [0.006944444444444444, 0.006944444444444444, 0.006944444444444444, 0.006944444444444444, 0.006944444444444444, 0.006944444444444444, 0.006944444444444444, 0.006944444444444444], "seenAt": 1768704000000, "previous": null, "timezone": "UTC"}}}'),
	(1, 'schedules/.github/workflows/nightly.yml#0', '{"path": ".github/workflows/nightly.yml", "runs": 14, "lastAt": 1768704000000, "missed": 0, "lateness": {"view": {"mixture": {"count": 13, "error": 0.01875534371124821, "losses": [0.008359872844583907, 0.008359872844583907, 0.008359872844583907, 0.008359872844583907, 0.008359872844583907, 0, 0, 0, 0, 0, 0, 0.008359872844583907, 0.0033770608847258584, 0.008359872844583907, 0.0001111700075561854, 0.0004463825623766962], "staleAt": 0, "recentOwn": 0, "recentLosses": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}, "interval": {"hits": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "count": 13, "least": 1.8506206567242969, "scale": 0.0281303437112482, "greatest": 1.8506206567242969, "lowShift": -0.0195, "highShift": -0.0195, "residuals": [0, 0.0001, 0.0001, 0.0001, 0.0001, 0.0001, 0.0001, 0.0001, 0.0002, 0.0002, 0.0002, 0.0002, 0.0002]}}, "daySums": [0, 0, 0, 0, 0, 0, 0], "experts": {"count": 14, "noise": 0.02812530999616091, "levels": [1.8506206567242969, 1.8506206567242969, 1.8506206567242969, 1.8506206567242969, 1.8506206567242969], "nimble": {"low": 1.1006206567242969, "high": 2.600620656724297, "weights": [0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.00005, 0.00005, 0.000051, 0.000058, 0.00058, 0.035752, 0.924592, 0.03571, 0.00058, 0.000058, 0.000051, 0.00005, 0.00005, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049, 0.000049]}, "recent": [1.8506, 1.8506, 1.8506, 1.8506, 1.8506, 1.8506, 1.8506, 1.8506, 1.8506, 1.8506, 1.8506, 1.8506, 1.8506, 1.8506], "steady": {"low": 1.1006206567242969, "high": 2.600620656724297, "weights": [0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000017, 0.000017, 0.000017, 0.000022, 0.000591, 0.037572, 0.922754, 0.037558, 0.000591, 0.000022, 0.000017, 0.000017, 0.000017, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016, 0.000016]}, "streaks": [0, 0, 0, 0, 0], "hourSums": [0, 0, 0.0002385620411899874, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "lagSquare": 0, "hourCounts": [0, 0, 11.548880536994798, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "lagProduct": 0, "plainLevel": 1.8506206567242969, "weekendSum": 0.00007663386505078567, "weekendCount": 3.709875}, "hourSums": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "dayLevels": [1.8506206567242969, 1.8506206567242969, 1.8506206567242969, 1.8506206567242969, 1.8506206567242969, 1.8506206567242969, 1.8506206567242969], "hourBases": [null, null, 0.451964436269749, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null], "dayWeights": [1, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9], "hourWeights": [0, 0, 9.733158334409895, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}}'),
	(1, 'streams/.github/workflows/nightly.yml|schedule', '{"lastAt": 1768704000000, "shadows": {}, "success": {"fast": 0.9127190031194828, "last": 3, "slow": 0.9210526315789472, "count": 14, "losses": [3.9724135486680736, 4.280245181379067, 4.26086414539808, 4.293396886956618], "hourSums": [0, 0, -0.11587471654020864, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "afterSums": [0, 1, 1, 8.381078849390462], "hourWeights": [0, 0, 13.12541872310217, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "afterWeights": [0, 1, 1, 9.351303849390462]}, "duration": {"view": {"mixture": {"count": 13, "error": 0.12776265154316846, "losses": [12.110191153254398, 11.239391837032066, 11.269607946821452, 11.26987057474434, 11.26987057474434, 9.770368210951638, 9.212450294782958, 9.771209961908527, 9.399405431033433, 9.910080603920187, 9.218430108230399, 11.296989834816692, 12.622271491855694, 11.26987057474434, 10.344055067341921, 10.556574230731187], "staleAt": 0, "recentOwn": 3.88, "recentLosses": [5.28, 4.45, 4.42, 4.38, 4.38, 3.86, 3.56, 3.87, 3.67, 3.95, 3.57, 4.66, 5.68, 4.38, 4.01, 4.11]}, "interval": {"hits": [1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1], "count": 13, "least": 5.483881131061986, "scale": 0.13713765154316845, "greatest": 5.946933398510309, "lowShift": 0.002624999999999997, "highShift": -0.004875, "residuals": [-0.2515, -2.9823, -1.3813, 0.6931, -2.1403, -0.7119, 0.3952, 0.9486, -0.357, -0.0078, -0.7355, 0.235, -0.0539]}}, "experts": {"count": 14, "noise": 0.14090434106462055, "levels": [5.773157771473319, 5.7554556363571265, 5.77067455828681, 5.749751457471496, 5.7467729590292596], "nimble": {"low": 5.234650230339254, "high": 6.734650230339254, "weights": [0.000052, 0.000053, 0.000053, 0.000054, 0.000055, 0.000056, 0.000057, 0.000059, 0.000067, 0.000228, 0.002495, 0.00021, 0.000262, 0.00104, 0.005027, 0.016154, 0.02763, 0.051963, 0.075105, 0.119429, 0.175476, 0.201143, 0.161357, 0.081811, 0.035871, 0.015645, 0.007655, 0.009103, 0.004837, 0.002306, 0.002966, 0.000236, 0.000076, 0.000063, 0.000059, 0.000058, 0.000056, 0.000055, 0.000054, 0.000054, 0.000053, 0.000053, 0.000052, 0.000052, 0.000052, 0.000051, 0.000051, 0.000051, 0.000051, 0.000051, 0.000051, 0.000051, 0.00005, 0.00005, 0.00005, 0.00005, 0.00005, 0.00005, 0.00005, 0.00005, 0.00005]}, "recent": [5.9847, 5.9469, 5.6017, 5.6534, 5.9143, 5.4839, 5.6138, 5.789, 5.9151, 5.7253, 5.7634, 5.6507, 5.7843, 5.75], "steady": {"low": 5.234650230339254, "high": 6.734650230339254, "weights": [0.000017, 0.000017, 0.000018, 0.000018, 0.000018, 0.000018, 0.000019, 0.000019, 0.000022, 0.000074, 0.000824, 0.00008, 0.000152, 0.000652, 0.002918, 0.009663, 0.021331, 0.044759, 0.076372, 0.126398, 0.186774, 0.21166, 0.163465, 0.084936, 0.037579, 0.015952, 0.006904, 0.004672, 0.002149, 0.000912, 0.001012, 0.000083, 0.000026, 0.000021, 0.00002, 0.000019, 0.000019, 0.000018, 0.000018, 0.000018, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017, 0.000017]}, "streaks": [0, 0, 0, 0, 0], "hourSums": [0, 0, -0.8196890493368314, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "lagSquare": 0.20639621761994537, "hourCounts": [0, 0, 11.548880536994798, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "lagProduct": 0.10372441272695947, "plainLevel": 5.754414439097183, "weekendSum": -0.4980485234293818, "weekendCount": 3.709875}, "version": 1}}');
INSERT INTO offbeat.learning_events (repository_id, sequence, event) OVERRIDING SYSTEM VALUE VALUES
	(1, 1, '{"at": 1777864620000, "why": "After reward 1.0 (usually 0.00), a stable record: success_weight 0.4000 → 0.4030, exploration_rate 0.1000 → 0.1018.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.403, "failure_penalty": 0.2, "exploration_rate": 0.1018}, "before": {"recency_bias": 0.3, "success_weight": 0.4, "failure_penalty": 0.2, "exploration_rate": 0.1}, "strategy": "default"}'),
	(1, 2, '{"at": 1777864620000, "why": "After reward 0.4 (usually 1.00), a stable record: success_weight 0.4030 → 0.4017, exploration_rate 0.1018 → 0.1036.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.401731, "failure_penalty": 0.2, "exploration_rate": 0.10356040000000001}, "before": {"recency_bias": 0.3, "success_weight": 0.403, "failure_penalty": 0.2, "exploration_rate": 0.1018}, "strategy": "default"}'),
	(1, 3, '{"at": 1777864620000, "why": "After reward 0.4 (usually 0.70), a stable record: success_weight 0.4017 → 0.4011, exploration_rate 0.1036 → 0.1053.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.4010937835, "failure_penalty": 0.2, "exploration_rate": 0.10528207120000001}, "before": {"recency_bias": 0.3, "success_weight": 0.401731, "failure_penalty": 0.2, "exploration_rate": 0.10356040000000001}, "strategy": "default"}'),
	(1, 4, '{"at": 1777864620000, "why": "After reward 0.7 (usually 0.60), a stable record: success_weight 0.4011 → 0.4014, exploration_rate 0.1053 → 0.1070.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.40137136093825004, "failure_penalty": 0.2, "exploration_rate": 0.1069658656336}, "before": {"recency_bias": 0.3, "success_weight": 0.4010937835, "failure_penalty": 0.2, "exploration_rate": 0.10528207120000001}, "strategy": "default"}'),
	(1, 5, '{"at": 1777864620000, "why": "After reward 0.4 (usually 0.63), a stable record: success_weight 0.4014 → 0.4009, exploration_rate 0.1070 → 0.1086.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.40089239093842954, "failure_penalty": 0.2, "exploration_rate": 0.1086126165896608}, "before": {"recency_bias": 0.3, "success_weight": 0.40137136093825004, "failure_penalty": 0.2, "exploration_rate": 0.1069658656336}, "strategy": "default"}'),
	(1, 6, '{"at": 1777864620000, "why": "After reward 0.7 (usually 0.58), a stable record: success_weight 0.4009 → 0.4012, exploration_rate 0.1086 → 0.1102.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.4012340076850979, "failure_penalty": 0.2, "exploration_rate": 0.11022313902468826}, "before": {"recency_bias": 0.3, "success_weight": 0.40089239093842954, "failure_penalty": 0.2, "exploration_rate": 0.1086126165896608}, "strategy": "default"}'),
	(1, 7, '{"at": 1777864620000, "why": "After reward 1.0 (usually 0.60), a stable record: success_weight 0.4012 → 0.4024, exploration_rate 0.1102 → 0.1118.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.4024068595160258, "failure_penalty": 0.2, "exploration_rate": 0.11179822996614512}, "before": {"recency_bias": 0.3, "success_weight": 0.4012340076850979, "failure_penalty": 0.2, "exploration_rate": 0.11022313902468826}, "strategy": "default"}'),
	(1, 8, '{"at": 1777864620000, "why": "After reward 0.7 (usually 0.66), a stable record: exploration_rate 0.1118 → 0.1133.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.4024867779986661, "failure_penalty": 0.2, "exploration_rate": 0.11333866890688993}, "before": {"recency_bias": 0.3, "success_weight": 0.4024068595160258, "failure_penalty": 0.2, "exploration_rate": 0.11179822996614512}, "strategy": "default"}'),
	(1, 9, '{"at": 1777864620000, "why": "After reward 1.0 (usually 0.66), a failure, a stable record: success_weight 0.4025 → 0.4034, failure_penalty 0.2000 → 0.2160, exploration_rate 0.1133 → 0.1148.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.40344534600082005, "failure_penalty": 0.21600000000000003, "exploration_rate": 0.11484521819093835}, "before": {"recency_bias": 0.3, "success_weight": 0.4024867779986661, "failure_penalty": 0.2, "exploration_rate": 0.11333866890688993}, "strategy": "default"}'),
	(1, 10, '{"at": 1777864620000, "why": "After reward 1.0 (usually 0.70), a stable record: success_weight 0.4034 → 0.4043, failure_penalty 0.2160 → 0.2157, exploration_rate 0.1148 → 0.1163.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.40427127106180244, "failure_penalty": 0.21568000000000004, "exploration_rate": 0.1163186233907377}, "before": {"recency_bias": 0.3, "success_weight": 0.40344534600082005, "failure_penalty": 0.21600000000000003, "exploration_rate": 0.11484521819093835}, "strategy": "default"}'),
	(1, 11, '{"at": 1777864620000, "why": "After reward 0.7 (usually 0.73), a stable record: success_weight 0.4043 → 0.4041, failure_penalty 0.2157 → 0.2154, exploration_rate 0.1163 → 0.1178.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.4041252049499071, "failure_penalty": 0.21536640000000004, "exploration_rate": 0.11775961367614148}, "before": {"recency_bias": 0.3, "success_weight": 0.40427127106180244, "failure_penalty": 0.21568000000000004, "exploration_rate": 0.1163186233907377}, "strategy": "default"}'),
	(1, 12, '{"at": 1777864620000, "why": "After reward 1.0 (usually 0.73), a stable record: success_weight 0.4041 → 0.4049, failure_penalty 0.2154 → 0.2151, exploration_rate 0.1178 → 0.1192.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.40485525738961364, "failure_penalty": 0.21505907200000005, "exploration_rate": 0.11916890217526636}, "before": {"recency_bias": 0.3, "success_weight": 0.4041252049499071, "failure_penalty": 0.21536640000000004, "exploration_rate": 0.11775961367614148}, "strategy": "default"}'),
	(1, 13, '{"at": 1777864620000, "why": "After reward 1.0 (usually 0.75), a stable record: success_weight 0.4049 → 0.4055, failure_penalty 0.2151 → 0.2148, exploration_rate 0.1192 → 0.1205.", "kind": "adapted", "after": {"recency_bias": 0.3, "success_weight": 0.40550208317008435, "failure_penalty": 0.21475789056000005, "exploration_rate": 0.1205471863274105}, "before": {"recency_bias": 0.3, "success_weight": 0.40485525738961364, "failure_penalty": 0.21505907200000005, "exploration_rate": 0.11916890217526636}, "strategy": "default"}');
INSERT INTO offbeat.migrations (name, "timestamp") VALUES
	('001-tables', '2026-11-21T10:42:14.887Z'),
	('002-append-only', '2026-11-21T10:42:14.939Z'),
	('003-deployment', '2026-11-21T10:42:14.955Z');
INSERT INTO offbeat.migrations_lock (id, is_locked) VALUES
	('migration_lock', 0);
INSERT INTO offbeat.populations (repository_id, population) VALUES
	(1, '{"version": 1, "strategies": [{"name": "default", "trend": "stable", "parents": [], "generation": 0, "parameters": {"recency_bias": 0.3, "success_weight": 0.40550208317008435, "failure_penalty": 0.21475789056000005, "exploration_rate": 0.1205471863274105}, "last_updated": 1777864620000, "performance_history": {"fair": 3, "good": 4, "poor": 0, "total": 13, "recent": [0.03844575270913722, 0.43855087944479526, 0.2651519579630522, 0.11795097339255632, 0.4485871897698146, 0.15124219486948928, 0.07289208021501009, 0.1569076339109175, 0.06602211737559037, 0.0013240497359025525, 0.12203598217883714, 0.0354457499313334, 0.00788643741210351], "coverage": 0.923076923076923, "excellent": 6, "maeSeconds": 42.588044377329766, "mapePercent": 14.788023068527227, "meanErrorPercent": 14.788023068527227}}], "runsLearned": 13, "mutationStep": 0.1, "runsAtLastEvolution": 0}');
INSERT INTO offbeat.proposals (repository_id, pull_number, "position", state, proposal) OVERRIDING SYSTEM VALUE VALUES
	(1, 12, 1, 'open', '{"url": "https://github.com/acme/site/pull/12", "moves": [{"to": "17 21 * * *", "key": ".github/workflows/nightly.yml#0", "from": "0 2 * * *", "path": ".github/workflows/nightly.yml", "index": 0, "evidence": {"reason": "lateness", "benefit": 0.4, "runsSeen": 40}, "timezone": "UTC"}], "state": "open", "branch": "offbeat/schedules", "headSha": "abc", "version": 1, "openedAt": 1777605420000, "changedAt": 1777691820000, "changedBy": null, "decisionId": "d-0", "pullNumber": 12}');
INSERT INTO offbeat.repositories (id, installation_id, owner, name, default_branch, archived, fork, private, commanded_mode, last_round_at, removed_at, notices_given, version, older_events, older_audit) VALUES
	(1, 9, 'acme', 'site', 'main', false, false, false, NULL, NULL, NULL, '{}', 17, 0, 0);
INSERT INTO offbeat.run_months (repository_id, path, month, runs, successes, failures, timed_runs, total_seconds) VALUES
	(1, '.github/workflows/nightly.yml', '2025-11', 30, 28, 2, 30, 9000);
INSERT INTO offbeat.runs_2026_01 (repository_id, run_id, attempt, workflow_id, path, event, head_sha, head_branch, actor, created_at, started_at, ended_at, conclusion, jobs_started_at, jobs_ended_at, duration_seconds, queue_seconds, schedule_key, tick, ambiguous) VALUES
	(1, 1, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-05 02:40:00+00', '2026-01-05 02:40:00+00', '2026-01-05 02:46:37.283+00', 'success', NULL, NULL, 397.28353921618765, NULL, '.github/workflows/nightly.yml#0', '2026-01-05 02:30:00+00', false),
	(1, 2, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-06 02:40:00+00', '2026-01-06 02:40:00+00', '2026-01-06 02:46:22.578+00', 'success', NULL, NULL, 382.57832307358694, NULL, '.github/workflows/nightly.yml#0', '2026-01-06 02:30:00+00', false),
	(1, 3, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-07 02:40:00+00', '2026-01-07 02:40:00+00', '2026-01-07 02:44:30.888+00', 'success', NULL, NULL, 270.88844641637047, NULL, '.github/workflows/nightly.yml#0', '2026-01-07 02:30:00+00', false),
	(1, 4, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-08 02:40:00+00', '2026-01-08 02:40:00+00', '2026-01-08 02:44:45.265+00', 'success', NULL, NULL, 285.2650671899551, NULL, '.github/workflows/nightly.yml#0', '2026-01-08 02:30:00+00', false),
	(1, 5, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-09 02:40:00+00', '2026-01-09 02:40:00+00', '2026-01-09 02:46:10.31+00', 'success', NULL, NULL, 370.31013513050857, NULL, '.github/workflows/nightly.yml#0', '2026-01-09 02:30:00+00', false),
	(1, 6, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-10 02:40:00+00', '2026-01-10 02:40:00+00', '2026-01-10 02:44:00.779+00', 'success', NULL, NULL, 240.7793926464844, NULL, '.github/workflows/nightly.yml#0', '2026-01-10 02:30:00+00', false),
	(1, 7, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-11 02:40:00+00', '2026-01-11 02:40:00+00', '2026-01-11 02:44:34.182+00', 'success', NULL, NULL, 274.1824944302244, NULL, '.github/workflows/nightly.yml#0', '2026-01-11 02:30:00+00', false),
	(1, 8, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-12 02:40:00+00', '2026-01-12 02:40:00+00', '2026-01-12 02:45:26.673+00', 'success', NULL, NULL, 326.6733054590289, NULL, '.github/workflows/nightly.yml#0', '2026-01-12 02:30:00+00', false),
	(1, 9, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-13 02:40:00+00', '2026-01-13 02:40:00+00', '2026-01-13 02:46:10.601+00', 'success', NULL, NULL, 370.6016954859626, NULL, '.github/workflows/nightly.yml#0', '2026-01-13 02:30:00+00', false),
	(1, 10, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-14 02:40:00+00', '2026-01-14 02:40:00+00', '2026-01-14 02:45:06.519+00', 'failure', NULL, NULL, 306.51918862052827, NULL, '.github/workflows/nightly.yml#0', '2026-01-14 02:30:00+00', false),
	(1, 11, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-15 02:40:00+00', '2026-01-15 02:40:00+00', '2026-01-15 02:45:18.416+00', 'success', NULL, NULL, 318.41622084052324, NULL, '.github/workflows/nightly.yml#0', '2026-01-15 02:30:00+00', false),
	(1, 12, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-16 02:40:00+00', '2026-01-16 02:40:00+00', '2026-01-16 02:44:44.496+00', 'success', NULL, NULL, 284.49698401906636, NULL, '.github/workflows/nightly.yml#0', '2026-01-16 02:30:00+00', false),
	(1, 13, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-17 02:40:00+00', '2026-01-17 02:40:00+00', '2026-01-17 02:45:25.138+00', 'success', NULL, NULL, 325.138703338495, NULL, '.github/workflows/nightly.yml#0', '2026-01-17 02:30:00+00', false),
	(1, 14, 1, 7, '.github/workflows/nightly.yml', 'schedule', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'main', NULL, '2026-01-18 02:40:00+00', '2026-01-18 02:40:00+00', '2026-01-18 02:45:14.175+00', 'success', NULL, NULL, 314.1751669195417, NULL, '.github/workflows/nightly.yml#0', '2026-01-18 02:30:00+00', false);
INSERT INTO offbeat.schedule_versions (repository_id, sha, "position", seen_at, entries) OVERRIDING SYSTEM VALUE VALUES
	(1, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1, 1767580800000, '[{"key": ".github/workflows/nightly.yml#0", "cron": "30 2 * * *", "path": ".github/workflows/nightly.yml", "timezone": "UTC"}]');
SELECT pg_catalog.setval('offbeat.audit_sequence_seq', 1, true);
SELECT pg_catalog.setval('offbeat.decisions_sequence_seq', 1, true);
SELECT pg_catalog.setval('offbeat.lateness_changes_sequence_seq', 14, true);
SELECT pg_catalog.setval('offbeat.learning_events_sequence_seq', 13, true);
SELECT pg_catalog.setval('offbeat.operator_audit_sequence_seq', 1, false);
SELECT pg_catalog.setval('offbeat.proposals_position_seq', 1, true);
SELECT pg_catalog.setval('offbeat.schedule_versions_position_seq', 1, true);
SELECT pg_catalog.setval('offbeat.versions', 17, true);
ALTER TABLE ONLY offbeat.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (repository_id, sequence);
ALTER TABLE ONLY offbeat.care
    ADD CONSTRAINT care_pkey PRIMARY KEY (repository_id);
ALTER TABLE ONLY offbeat.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY offbeat.decisions
    ADD CONSTRAINT decisions_pkey PRIMARY KEY (repository_id, sequence);
ALTER TABLE ONLY offbeat.deployment
    ADD CONSTRAINT deployment_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY offbeat.lateness_changes
    ADD CONSTRAINT lateness_changes_pkey PRIMARY KEY (sequence);
ALTER TABLE ONLY offbeat.lateness_pool
    ADD CONSTRAINT lateness_pool_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY offbeat.learned_parts
    ADD CONSTRAINT learned_parts_pkey PRIMARY KEY (repository_id, part);
ALTER TABLE ONLY offbeat.learning_events
    ADD CONSTRAINT learning_events_pkey PRIMARY KEY (repository_id, sequence);
ALTER TABLE ONLY offbeat.migrations_lock
    ADD CONSTRAINT migrations_lock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY offbeat.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);
ALTER TABLE ONLY offbeat.operator_audit
    ADD CONSTRAINT operator_audit_pkey PRIMARY KEY (sequence);
ALTER TABLE ONLY offbeat.populations
    ADD CONSTRAINT populations_pkey PRIMARY KEY (repository_id);
ALTER TABLE ONLY offbeat.proposals
    ADD CONSTRAINT proposals_pkey PRIMARY KEY (repository_id, pull_number);
ALTER TABLE ONLY offbeat.repositories
    ADD CONSTRAINT repositories_pkey PRIMARY KEY (id);
ALTER TABLE ONLY offbeat.run_months
    ADD CONSTRAINT run_months_pkey PRIMARY KEY (repository_id, path, month);
ALTER TABLE ONLY offbeat.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (repository_id, run_id, attempt, created_at);
ALTER TABLE ONLY offbeat.runs_2026_01
    ADD CONSTRAINT runs_2026_01_pkey PRIMARY KEY (repository_id, run_id, attempt, created_at);
ALTER TABLE ONLY offbeat.runs_other
    ADD CONSTRAINT runs_other_pkey PRIMARY KEY (repository_id, run_id, attempt, created_at);
ALTER TABLE ONLY offbeat.schedule_versions
    ADD CONSTRAINT schedule_versions_pkey PRIMARY KEY (repository_id, sha);
ALTER TABLE ONLY offbeat.seen_keys
    ADD CONSTRAINT seen_keys_pkey PRIMARY KEY (key);
CREATE INDEX dead_letters_at_idx ON offbeat.dead_letters USING btree (at);
CREATE INDEX decisions_repository_id_id_sequence_idx ON offbeat.decisions USING btree (repository_id, id, sequence DESC);
CREATE INDEX proposals_repository_id_idx ON offbeat.proposals USING btree (repository_id) WHERE (state = 'open'::text);
CREATE INDEX repositories_installation_id_idx ON offbeat.repositories USING btree (installation_id);
CREATE INDEX repositories_removed_at_idx ON offbeat.repositories USING btree (removed_at) WHERE (removed_at IS NOT NULL);
CREATE INDEX seen_keys_seen_at_idx ON offbeat.seen_keys USING brin (seen_at);
ALTER INDEX offbeat.runs_pkey ATTACH PARTITION offbeat.runs_2026_01_pkey;
ALTER INDEX offbeat.runs_pkey ATTACH PARTITION offbeat.runs_other_pkey;
CREATE TRIGGER append_only BEFORE UPDATE ON offbeat.audit FOR EACH ROW EXECUTE FUNCTION offbeat.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE ON offbeat.decisions FOR EACH ROW EXECUTE FUNCTION offbeat.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON offbeat.operator_audit FOR EACH ROW EXECUTE FUNCTION offbeat.refuse_change();
CREATE TRIGGER append_only_delete BEFORE DELETE ON offbeat.audit FOR EACH ROW EXECUTE FUNCTION offbeat.refuse_lone_delete();
CREATE TRIGGER append_only_delete BEFORE DELETE ON offbeat.decisions FOR EACH ROW EXECUTE FUNCTION offbeat.refuse_lone_delete();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON offbeat.audit FOR EACH STATEMENT EXECUTE FUNCTION offbeat.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON offbeat.decisions FOR EACH STATEMENT EXECUTE FUNCTION offbeat.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON offbeat.operator_audit FOR EACH STATEMENT EXECUTE FUNCTION offbeat.refuse_change();
ALTER TABLE ONLY offbeat.audit
    ADD CONSTRAINT audit_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES offbeat.repositories(id) ON DELETE CASCADE;
ALTER TABLE ONLY offbeat.care
    ADD CONSTRAINT care_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES offbeat.repositories(id) ON DELETE CASCADE;
ALTER TABLE ONLY offbeat.decisions
    ADD CONSTRAINT decisions_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES offbeat.repositories(id) ON DELETE CASCADE;
ALTER TABLE ONLY offbeat.learned_parts
    ADD CONSTRAINT learned_parts_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES offbeat.repositories(id) ON DELETE CASCADE;
ALTER TABLE ONLY offbeat.learning_events
    ADD CONSTRAINT learning_events_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES offbeat.repositories(id) ON DELETE CASCADE;
ALTER TABLE ONLY offbeat.populations
    ADD CONSTRAINT populations_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES offbeat.repositories(id) ON DELETE CASCADE;
ALTER TABLE ONLY offbeat.proposals
    ADD CONSTRAINT proposals_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES offbeat.repositories(id) ON DELETE CASCADE;
ALTER TABLE ONLY offbeat.run_months
    ADD CONSTRAINT run_months_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES offbeat.repositories(id) ON DELETE CASCADE;
ALTER TABLE ONLY offbeat.schedule_versions
    ADD CONSTRAINT schedule_versions_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES offbeat.repositories(id) ON DELETE CASCADE;
