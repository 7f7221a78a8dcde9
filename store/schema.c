/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables.  FILE first, version by version, then FILE-cache.
 *
 * Decisions are a log.  A `step` is what one undo takes back; a `decision` holds the whole state of one item after it.
 * `effective` is the decision whose state that is: its own seq, or, in a step that undoes or redoes, the one it
 * brings back (0: untouched); `previous` is the effective decision before it.  So undoing row d is allowed while
 * current.effective = d.seq, and its new row has effective = d.previous.
 *
 * `current` is derived: for each item the row with the highest seq among finished steps.  step.state: 0 is being filled
 * by `owner` and counts for nothing; 1 is finished, but rows whose key is after `applied` are not in `current` yet (readers look
 * in both); 2 is done. */
#include "store/schema.h"

static const char version_1[] =
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;\n"
	"INSERT INTO meta VALUES('uid', randomblob(16));\n"
	"CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;\n"

	"CREATE TABLE corpus(\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  name TEXT NOT NULL UNIQUE,\n"
	"  kind INTEGER NOT NULL);\n"

	"CREATE TABLE source(\n"
	"  id INTEGER PRIMARY KEY CHECK(id BETWEEN 1 AND 8388607),\n"
	"  corpus INTEGER NOT NULL REFERENCES corpus,\n"
	"  path TEXT NOT NULL,\n"
	"  companion TEXT,\n"
	"  shape TEXT NOT NULL,\n"
	"  state INTEGER NOT NULL,\n"
	"  size INTEGER NOT NULL,\n"
	"  mtime_ns INTEGER NOT NULL,\n"
	"  inode INTEGER NOT NULL,\n"
	"  head BLOB NOT NULL,\n"
	"  records INTEGER NOT NULL,\n"
	"  rejected INTEGER NOT NULL,\n"
	"  token INTEGER NOT NULL);\n"
	"CREATE INDEX source_path ON source(corpus, path);\n"
	"CREATE INDEX source_head ON source(corpus, head);\n"

	"CREATE TABLE kept(\n"
	"  source INTEGER NOT NULL REFERENCES source,\n"
	"  number INTEGER NOT NULL,\n"
	"  len INTEGER NOT NULL,\n"
	"  content BLOB NOT NULL,\n"
	"  PRIMARY KEY(source, number));\n"

	"CREATE TABLE run(\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  pipeline TEXT NOT NULL,\n"
	"  parameters TEXT NOT NULL,\n"
	"  engine TEXT NOT NULL,\n"
	"  inputs TEXT NOT NULL,\n"
	"  counts TEXT NOT NULL,\n"
	"  started_ms INTEGER NOT NULL,\n"
	"  ended_ms INTEGER NOT NULL);\n"

	"CREATE TABLE item(\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  run INTEGER NOT NULL REFERENCES run,\n"
	"  kind INTEGER NOT NULL,\n"
	"  key BLOB NOT NULL CHECK(length(key) = 16),\n"
	"  score REAL,\n"
	"  suggestion INTEGER NOT NULL,\n"
	"  body TEXT NOT NULL);\n"
	"CREATE INDEX item_run ON item(run, kind, score);\n"

	"CREATE TABLE step(\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  uid BLOB NOT NULL UNIQUE CHECK(length(uid) = 16),\n"
	"  annotator TEXT NOT NULL,\n"
	"  at_ms INTEGER NOT NULL,\n"
	"  label TEXT NOT NULL,\n"
	"  kind INTEGER NOT NULL,\n"
	"  target INTEGER REFERENCES step,\n"
	"  undone INTEGER NOT NULL DEFAULT 0,\n"
	"  state INTEGER NOT NULL DEFAULT 2,\n"
	"  applied BLOB NOT NULL DEFAULT x'',\n"
	"  owner TEXT);\n"
	"CREATE INDEX step_undo ON step(annotator, undone) WHERE kind = 0 AND state > 0;\n"
	"CREATE INDEX step_open ON step(state) WHERE state < 2;\n"

	"CREATE TABLE decision(\n"
	"  seq INTEGER PRIMARY KEY,\n"
	"  step INTEGER NOT NULL REFERENCES step,\n"
	"  key BLOB NOT NULL CHECK(length(key) = 16),\n"
	"  question TEXT NOT NULL,\n"
	"  ref INTEGER NOT NULL,\n"
	"  kind INTEGER NOT NULL,\n"
	"  fields INTEGER NOT NULL,\n"
	"  verdict INTEGER NOT NULL,\n"
	"  reasons INTEGER NOT NULL,\n"
	"  note TEXT,\n"
	"  edit TEXT,\n"
	"  shown_ms INTEGER NOT NULL,\n"
	"  previous INTEGER NOT NULL,\n"
	"  effective INTEGER NOT NULL);\n"
	"CREATE UNIQUE INDEX decision_step ON decision(step, key, question);\n"

	"CREATE TABLE current(\n"
	"  key BLOB NOT NULL,\n"
	"  question TEXT NOT NULL,\n"
	"  seq INTEGER NOT NULL,\n"
	"  effective INTEGER NOT NULL,\n"
	"  verdict INTEGER NOT NULL,\n"
	"  PRIMARY KEY(key, question)) WITHOUT ROWID;\n";

/* What was asked of models: store/requests.c. */
static const char version_2[] =
	"CREATE TABLE request(\n"
	"  id INTEGER PRIMARY KEY,\n"
	"  key TEXT NOT NULL UNIQUE CHECK(length(key) = 64),\n"
	"  run INTEGER NOT NULL REFERENCES run,\n"
	"  purpose TEXT NOT NULL,\n"
	"  endpoint TEXT NOT NULL,\n"
	"  model TEXT NOT NULL,\n"
	"  body TEXT NOT NULL,\n"
	"  state INTEGER NOT NULL,\n"
	"  asked_ms INTEGER NOT NULL,\n"
	"  answered_ms INTEGER NOT NULL DEFAULT 0,\n"
	"  attempts INTEGER NOT NULL DEFAULT 0,\n"
	"  status INTEGER NOT NULL DEFAULT 0,\n"
	"  latency_ms INTEGER NOT NULL DEFAULT 0,\n"
	"  prompt_tokens INTEGER NOT NULL DEFAULT 0,\n"
	"  completion_tokens INTEGER NOT NULL DEFAULT 0,\n"
	"  outcome TEXT NOT NULL DEFAULT '',\n"
	"  why TEXT NOT NULL DEFAULT '',\n"
	"  reply TEXT NOT NULL DEFAULT '');\n"
	"CREATE INDEX request_run ON request(run, state);\n";

/* Of sources too large for `head` to cover: a sum over the first `size` bytes (base/blocksum.h), which tells a file that was only
 * touched from one that was changed. */
static const char version_3[] =
	"CREATE TABLE source_sum(\n"
	"  source INTEGER PRIMARY KEY REFERENCES source,\n"
	"  size INTEGER NOT NULL,\n"
	"  sum BLOB NOT NULL CHECK(length(sum) = 16));\n";

/* What is being changed about a run before it is a run of its own: store/drafts.c. */
static const char version_4[] =
	"CREATE TABLE draft_step(\n"
	"  run INTEGER NOT NULL REFERENCES run,\n"
	"  annotator TEXT NOT NULL,\n"
	"  draft INTEGER NOT NULL,\n"
	"  number INTEGER NOT NULL,\n"
	"  at_ms INTEGER NOT NULL,\n"
	"  step TEXT NOT NULL,\n"
	"  PRIMARY KEY(run, annotator, draft, number)) WITHOUT ROWID;\n";

/* Texts that are being changed and not saved yet, by the item's key and the field's name: store/drafts.c. */
static const char version_5[] =
	"CREATE TABLE text_draft(\n"
	"  annotator TEXT NOT NULL,\n"
	"  key BLOB NOT NULL CHECK(length(key) = 16),\n"
	"  role TEXT NOT NULL,\n"
	"  base BLOB NOT NULL CHECK(length(base) = 16),\n"
	"  at_ms INTEGER NOT NULL,\n"
	"  text TEXT NOT NULL,\n"
	"  PRIMARY KEY(annotator, key, role));\n";

const char *const schema_migrations[] = { version_1, version_2, version_3, version_4, version_5 };
const size_t schema_n_migrations = sizeof schema_migrations / sizeof *schema_migrations;

const char schema_cache[] =
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;\n"
	/* How far a source is indexed.  `token` is the source row's: a row that took an old number has another. */
	"CREATE TABLE progress(\n"
	"  source INTEGER PRIMARY KEY,\n"
	"  token INTEGER NOT NULL,\n"
	"  position INTEGER NOT NULL,\n"
	"  line INTEGER NOT NULL,\n"
	"  records INTEGER NOT NULL,\n"
	"  rejected INTEGER NOT NULL);\n"
	/* id = source << 32 | chunk or block number */
	"CREATE TABLE place(id INTEGER PRIMARY KEY, sum INTEGER NOT NULL, data BLOB NOT NULL);\n"
	"CREATE TABLE fact(id INTEGER PRIMARY KEY, sum INTEGER NOT NULL, data BLOB NOT NULL);\n"
	"CREATE TABLE kept(name TEXT PRIMARY KEY, value BLOB NOT NULL);\n"
	"CREATE TABLE block(id INTEGER PRIMARY KEY, len INTEGER NOT NULL, content BLOB NOT NULL);\n"
	"CREATE TABLE long_record(\n"
	"  source INTEGER NOT NULL, number INTEGER NOT NULL, len INTEGER NOT NULL,\n"
	"  PRIMARY KEY(source, number)) WITHOUT ROWID;\n"
	"CREATE TABLE rejected(\n"
	"  source INTEGER NOT NULL, byte INTEGER NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL,\n"
	"  PRIMARY KEY(source, byte)) WITHOUT ROWID;\n";
