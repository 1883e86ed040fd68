-- What helps people find things: tags, lists in several orders, full-text search, activity and notices; and what makes
-- them known to each other: their pictures.
--
-- `questions` and `answers` are the truth. Everything below that only helps to find a row is kept by triggers, so that
-- whoever writes, edits, votes on or takes back a question need not know who else lists it. Each trigger does a bounded
-- amount of work: a question has at most five tags.

-- The list of active questions.
create index questions_active on questions (active_at, id) where deleted_at is null;

-- The list of questions by score.
create index questions_top on questions (score, id) where deleted_at is null;

-- The list of questions nobody has answered yet, newest first.
create index questions_unanswered on questions (id) where deleted_at is null and answer_count = 0;

-- The questions of one member, for his activity.
create index questions_author on questions (author_id, created_at, id) where deleted_at is null;

-- The answers of one member, for his activity.
create index answers_author on answers (author_id, created_at, id) where deleted_at is null;

-- The comments of one member, for his activity.
create index comments_author on comments (author_id, created_at, id) where deleted_at is null;

-- The tags that a version of a question had, as in `questions`.
alter table revisions add column tags text;

create table tags (
    id integer primary key,
    name text not null
        constraint tags_name_format check (
            length(name) between 1 and 35
            and name not glob '*[^a-z0-9+#.-]*'
        ),
    -- Questions that have it and are not deleted.
    question_count integer not null default 0
        constraint tags_question_count_positive check (question_count >= 0)
) strict;

-- Finds a tag by its name, and lists tags by the beginning of their names.
create unique index tags_name_unique on tags (name);

-- Lists tags, those of most questions first.
create index tags_popular on tags (question_count, id);

-- Which question has which tag, without the deleted ones; with what orders a list, so that a list of one tag need neither
-- sort nor read questions it does not show.
create table question_tags (
    question_id integer not null,
    tag_id integer not null references tags (id),
    active_at integer not null,
    score integer not null,
    answer_count integer not null,
    primary key (question_id, tag_id)
) strict, without rowid;

-- The questions of one tag: newest, active, top, unanswered.
create index question_tags_newest on question_tags (tag_id, question_id);
create index question_tags_active on question_tags (tag_id, active_at, question_id);
create index question_tags_top on question_tags (tag_id, score, question_id);
create index question_tags_unanswered on question_tags (tag_id, question_id) where answer_count = 0;

-- The words of titles and texts. The words only: what is shown is read from `questions` and `answers`. No stemming, so that
-- both databases find the same.
create virtual table question_search using fts5 (
    title, body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
create virtual table answer_search using fts5 (
    body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);

-- What was there before. First without the triggers below, which would do it again.
update questions
   set active_at = max(created_at, coalesce((select max(a.created_at) from answers a where a.question_id = questions.id), 0))
 where active_at = 0;
insert into tags (name, question_count)
select t.value, count(*)
  from questions q, json_each(q.tags) t
 where q.deleted_at is null
 group by t.value;
insert into question_tags (question_id, tag_id, active_at, score, answer_count)
select q.id, g.id, q.active_at, q.score, q.answer_count
  from questions q, json_each(q.tags) t
  join tags g on g.name = t.value
 where q.deleted_at is null;
insert into question_search (rowid, title, body)
select id, title, body from questions where deleted_at is null;
insert into answer_search (rowid, body)
select id, body from answers where deleted_at is null;

create trigger questions_listed after insert on questions when new.deleted_at is null
begin
    insert into tags (name, question_count)
    select value, 1 from json_each(new.tags) where true
        on conflict (name) do update set question_count = question_count + 1;
    insert into question_tags (question_id, tag_id, active_at, score, answer_count)
    select new.id, g.id, new.active_at, new.score, new.answer_count
      from json_each(new.tags) t
      join tags g on g.name = t.value;
    insert into question_search (rowid, title, body) values (new.id, new.title, new.body);
end;

create trigger questions_order_followed after update of active_at, score, answer_count on questions
when new.tags <> '[]'
    and (new.active_at <> old.active_at or new.score <> old.score or new.answer_count <> old.answer_count)
begin
    update question_tags
       set active_at = new.active_at, score = new.score, answer_count = new.answer_count
     where question_id = new.id;
end;

create trigger questions_listed_anew after update of tags, deleted_at on questions
when new.tags <> old.tags or (new.deleted_at is null) <> (old.deleted_at is null)
begin
    update tags
       set question_count = question_count - 1
     where id in (select tag_id from question_tags where question_id = old.id);
    delete from question_tags where question_id = old.id;
    insert into tags (name, question_count)
    select value, 1 from json_each(new.tags) where new.deleted_at is null
        on conflict (name) do update set question_count = question_count + 1;
    insert into question_tags (question_id, tag_id, active_at, score, answer_count)
    select new.id, g.id, new.active_at, new.score, new.answer_count
      from json_each(new.tags) t
      join tags g on g.name = t.value
     where new.deleted_at is null;
end;

create trigger questions_found_anew after update of title, body, deleted_at on questions
when new.title <> old.title or new.body <> old.body or (new.deleted_at is null) <> (old.deleted_at is null)
begin
    delete from question_search where rowid = old.id;
    insert into question_search (rowid, title, body)
    select new.id, new.title, new.body where new.deleted_at is null;
end;

create trigger answers_found after insert on answers when new.deleted_at is null
begin
    insert into answer_search (rowid, body) values (new.id, new.body);
end;

create trigger answers_found_anew after update of body, deleted_at on answers
when new.body <> old.body or (new.deleted_at is null) <> (old.deleted_at is null)
begin
    delete from answer_search where rowid = old.id;
    insert into answer_search (rowid, body)
    select new.id, new.body where new.deleted_at is null;
end;

create table notices (
    id integer primary key,
    user_id integer not null references users (id) on delete cascade,
    kind text not null
        constraint notices_kind_known check (kind in ('answer', 'comment', 'accept')),
    -- Who did it.
    actor_id integer not null references users (id),
    question_id integer not null,
    -- The answer it is about or that was commented on, if any.
    answer_id integer,
    -- The comment it is about, if it is about one.
    comment_id integer,
    created_at integer not null,
    read_at integer
) strict;

-- Lists and bounds the notices of one member.
create index notices_user on notices (user_id, id);

-- Counts the unread ones of one member, and marks them read.
create index notices_unread on notices (user_id, id) where read_at is null;

-- Who is to be told later: taken out by the transaction that tells him.
create table outbox (
    id integer primary key,
    user_id integer not null references users (id) on delete cascade,
    kind text not null
        constraint outbox_kind_known check (kind in ('answer', 'comment', 'accept')),
    actor_id integer not null references users (id),
    question_id integer not null,
    answer_id integer,
    comment_id integer,
    created_at integer not null
) strict;

-- Apart from `users`, so that a list of authors does not read past pictures.
create table avatars (
    user_id integer primary key references users (id) on delete cascade,
    -- The first half of the SHA-256 of the picture, for ETag.
    digest blob not null
        constraint avatars_digest_length check (length(digest) = 16),
    png blob not null
        constraint avatars_png_length check (length(png) between 1 and 100000)
) strict;
