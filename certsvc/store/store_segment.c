/* store_segment.c - see store_segment.h. */
#include "certsvc/store/store_segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certsvc/store/store_db.h"

enum {
	NAME_SIZE = 24
};

static void
segment_name(char name[NAME_SIZE], uint64_t number)
{
	snprintf(name, NAME_SIZE, "%06llu", (unsigned long long)number);
}

static int
segment_fd(struct segments *s, uint64_t number, int flags)
{
	char name[NAME_SIZE];

	segment_name(name, number);
	return openat(s->dir, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Sizes of the files before the current one, for the figures. */
static uint64_t
total_before(struct segments *s)
{
	char name[NAME_SIZE];
	struct stat st;
	uint64_t i, total = 0;

	for (i = 1; i < s->number; i++) {
		segment_name(name, i);
		if (fstatat(s->dir, name, &st, 0) == 0)
			total += (uint64_t)st.st_size;
	}
	return total;
}

/* Cut the garbage after the committed end of the last file. */
static int
cut_tail(struct segments *s, struct err *e)
{
	struct stat st;
	int fd = segment_fd(s, s->number, O_RDWR | O_CREAT);
	int rc = 0;

	if (fd < 0)
		return db_fail_errno(errno, e);
	if (fstat(fd, &st) != 0)
		rc = db_fail_errno(errno, e);
	else if ((uint64_t)st.st_size < s->end) {
		s->total += (uint64_t)st.st_size;
		s->number++;
		s->end = 0;
	} else if ((uint64_t)st.st_size > s->end &&
		   (ftruncate(fd, (off_t)s->end) != 0 || fsync(fd) != 0))
		rc = db_fail_errno(errno, e);
	close(fd);
	return rc;
}

int
segments_open(struct segments *s, const char *path, uint64_t max,
    struct segment_place last, struct err *e)
{
	int rc;

	memset(s, 0, sizeof(*s));
	s->fd = -1;
	s->max = max;
	s->number = last.segment > 0 ? last.segment : 1;
	s->end = last.offset + last.length;
	if (mkdir(path, 0700) != 0 && errno != EEXIST) {
		s->dir = -1;
		return db_fail_errno(errno, e);
	}
	s->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return db_fail_errno(errno, e);
	if (pthread_rwlock_init(&s->lock, NULL) != 0) {
		close(s->dir);
		s->dir = -1;
		return err_nomem(e);
	}
	s->total = total_before(s);
	rc = cut_tail(s, e);
	if (rc == 0)
		s->total += s->end;
	else
		segments_close(s);
	return rc;
}

void
segments_close(struct segments *s)
{
	size_t i;

	if (s->dir < 0)
		return;
	for (i = 0; i < SEGMENT_OPEN; i++)
		if (s->open[i].number != 0)
			close(s->open[i].fd);
	if (s->fd >= 0)
		close(s->fd);
	close(s->dir);
	s->dir = -1;
	pthread_rwlock_destroy(&s->lock);
}

/* Open the file to write to; a new one starts empty and its name is synced
 * before anything in it counts. */
static int
writable(struct segments *s, struct err *e)
{
	int rc;

	if (s->fd >= 0)
		return 0;
	s->fd = segment_fd(s, s->number, O_RDWR | O_CREAT);
	if (s->fd < 0)
		return db_fail_errno(errno, e);
	if (ftruncate(s->fd, (off_t)s->end) == 0 && fsync(s->dir) == 0)
		return 0;
	rc = db_fail_errno(errno, e);
	close(s->fd);
	s->fd = -1;
	return rc;
}

static void
give_up(struct segments *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->number++;
	s->end = 0;
	s->dirty = 0;
}

int
segments_append(struct segments *s, struct bytes data,
    struct segment_place *place, struct err *e)
{
	size_t done = 0;
	ssize_t n;
	int rc = 0;

	if (data.n > SEGMENT_BLOB_MAX)
		return err_set(e, ERR_LIMIT, "document_too_large",
		    "文件超过 %d 字节的上限", "a document is over %d bytes",
		    SEGMENT_BLOB_MAX);
	if (s->end > 0 && s->end + data.n > s->max) {
		rc = segments_sync(s, e);
		if (rc != 0)
			return rc;
		give_up(s);
	}
	rc = writable(s, e);
	if (rc != 0)
		return rc;
	while (done < data.n) {
		n = pwrite(s->fd, data.p + done, data.n - done,
		    (off_t)(s->end + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			rc = db_fail_errno(n < 0 ? errno : ENOSPC, e);
			if (ftruncate(s->fd, (off_t)s->end) != 0)
				give_up(s);
			return rc;
		}
		done += (size_t)n;
	}
	place->segment = s->number;
	place->offset = s->end;
	place->length = data.n;
	s->end += data.n;
	s->total += data.n;
	s->dirty = 1;
	return 0;
}

int
segments_sync(struct segments *s, struct err *e)
{
	int err;

	if (!s->dirty)
		return 0;
	if (fdatasync(s->fd) == 0) {
		s->dirty = 0;
		return 0;
	}
	err = errno;
	give_up(s);
	return db_fail_errno(err, e);
}

/* Read all of a place through an open file. */
static int
read_at(
    int fd, const struct segment_place *place, struct buf *out, struct err *e)
{
	uint8_t *p = buf_extend(out, place->length);
	size_t done = 0;
	ssize_t n;

	if (p == NULL && place->length > 0)
		return err_nomem(e);
	while (done < place->length) {
		n = pread(fd, p + done, place->length - done,
		    (off_t)(place->offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return db_fail_errno(errno, e);
		if (n == 0)
			return db_damaged(
			    "segment", (int64_t)place->segment, e);
		done += (size_t)n;
	}
	return 0;
}

/* Put the file into its slot, closing what was there. */
static int
slot_fill(struct segments *s, uint64_t number, struct err *e)
{
	struct segment_open *slot = &s->open[number % SEGMENT_OPEN];
	int rc = 0, fd;

	pthread_rwlock_wrlock(&s->lock);
	if (slot->number != number) {
		fd = segment_fd(s, number, O_RDONLY);
		if (fd < 0 && errno == ENOENT)
			rc = db_damaged("segment", (int64_t)number, e);
		else if (fd < 0)
			rc = db_fail_errno(errno, e);
		else {
			if (slot->number != 0)
				close(slot->fd);
			slot->number = number;
			slot->fd = fd;
		}
	}
	pthread_rwlock_unlock(&s->lock);
	return rc;
}

int
segments_read(struct segments *s, const struct segment_place *place,
    struct buf *out, struct err *e)
{
	struct segment_open *slot = &s->open[place->segment % SEGMENT_OPEN];
	int rc, found;

	if (place->segment == 0 || place->length > SEGMENT_BLOB_MAX)
		return db_damaged("segment", (int64_t)place->segment, e);
	do {
		pthread_rwlock_rdlock(&s->lock);
		found = slot->number == place->segment;
		rc = found ? read_at(slot->fd, place, out, e) : 0;
		pthread_rwlock_unlock(&s->lock);
		if (!found)
			rc = slot_fill(s, place->segment, e);
	} while (!found && rc == 0);
	return rc;
}
