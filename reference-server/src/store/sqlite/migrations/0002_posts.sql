-- The life of a post: votes on it, comments on it, and what it said before.
--
-- Everything of a question begins with its number, which is what the rows are spread over machines by: whatever is
-- read or written together lies together. answer_id 0 means the question itself, because a key cannot hold a NULL.

create table votes (
    question_id integer not null references questions (id),
    voter_id integer not null references users (id),
    answer_id integer not null default 0,
    value integer not null
        constraint votes_value check (value in (-1, 1)),
    created_at integer not null,
    -- One vote for each voter and post; the voter comes second, so that what he thinks of a page is one short range.
    primary key (question_id, voter_id, answer_id)
) strict, without rowid;

create table comments (
    id integer primary key,
    question_id integer not null references questions (id),
    answer_id integer not null default 0,
    author_id integer not null references users (id),
    created_at integer not null,
    -- Grows with each edit, for If-Match.
    version integer not null default 1,
    edited_at integer,
    -- Set: nobody is shown it any more, and it can be brought back.
    deleted_at integer,
    body text not null
        constraint comments_body_length check (length(body) between 1 and 1024)
) strict;

-- Reads one page of the comments on a post, oldest first.
create index comments_post on comments (question_id, answer_id, id);

-- Versions that were replaced by an edit; the current one is in the row of the post.
create table revisions (
    question_id integer not null references questions (id),
    answer_id integer not null default 0,
    version integer not null,
    -- Since when it was the current one.
    written_at integer not null,
    title text,
    body text not null,
    primary key (question_id, answer_id, version)
) strict;
