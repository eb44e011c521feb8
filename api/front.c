/*
 * front.c - the process that talks to the world: HTTP, store, rendering.  It
 * has no private key; everything signed comes from the keeper.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/log.h"
#include "api/parent.h"
#include "api/routes.h"
#include "api/serve.h"
#include "api/server.h"
#include "certsvc/service.h"
#include "crypto/base/file.h"
#include "crypto/base/sandbox.h"

struct front {
	int control;
	struct keeper *keeper;
	struct service *service;
};

/* DIR/name, made now: the confined process cannot make it. */
static int
own_directory(const struct config *config, const char *name, struct buf *path,
    struct err *e)
{
	buf_printf(path, "%s/%s", config->dir, name);
	return buf_cstr(path) == NULL ? err_nomem(e)
				      : file_make_directory(buf_cstr(path), e);
}

/* Files the front may use: what it writes, what it draws with, OpenSSL's
 * settings; not DIR/keys and not the passphrase of a demo. */
static int
confine_files(const struct config *config, const char *store, const char *trust,
    struct err *e)
{
	const struct sandbox_path paths[] = {
	    {config->dir, SANDBOX_LIST},
	    {store, SANDBOX_WRITE},
	    {trust, SANDBOX_WRITE},
	    {config->templates, SANDBOX_READ},
	    {config->fonts, SANDBOX_READ},
	    {"/usr/share/fonts", SANDBOX_READ},
	    {"/etc/ssl", SANDBOX_READ},
	    {"/usr/lib/ssl", SANDBOX_READ},
	    {"/etc/localtime", SANDBOX_READ},
	    {"/dev/urandom", SANDBOX_READ},
	};
	int enforced, rc;

	if ((rc = sandbox_files(
		 paths, sizeof(paths) / sizeof(paths[0]), &enforced, e)) != 0)
		return rc;
	if (!enforced)
		log_line("front", "landlock is not available on this kernel");
	return 0;
}

static int
confine(const struct config *config, struct err *e)
{
	struct buf store = BUF_INIT, trust = BUF_INIT;
	int rc;

	if ((rc = sandbox_private(e)) == 0 &&
	    (rc = own_directory(config, "store", &store, e)) == 0 &&
	    (rc = own_directory(config, "trust", &trust, e)) == 0 &&
	    (rc = confine_files(
		 config, buf_cstr(&store), buf_cstr(&trust), e)) == 0)
		rc = sandbox_front(e);
	buf_release(&store);
	buf_release(&trust);
	return rc;
}

static void
add_child(struct service *service, enum parent_message kind, int fd)
{
	if (kind == PARENT_PRINTER)
		service_take_printer(service, fd);
	else
		service_add_parser(service, fd);
}

/* Descriptors of new children, for as long as the parent lives. */
static void *
take_children(void *ctx)
{
	struct front *front = ctx;
	enum parent_message kind;
	int fd;

	while (parent_receive(front->control, &kind, &fd) == 0) {
		if (fd < 0)
			continue; /* the child sees it, ends and is replaced */
		if (kind == PARENT_KEEPER)
			keeper_replace(front->keeper, fd);
		else
			add_child(front->service, kind, fd);
	}
	return NULL;
}

/* Children that the parent handed over before the keeper. */
struct spare {
	struct {
		enum parent_message kind;
		int fd;
	} children[1 + PARENT_PARSERS];
	size_t n;
};

/* The keeper is the first child that is waited for; others wait in `spare`. */
static int
first_keeper(struct front *front, struct spare *spare)
{
	enum parent_message kind;
	int fd;

	for (;;) {
		if (parent_receive(front->control, &kind, &fd) != 0)
			return -1;
		if (fd < 0)
			continue;
		if (kind == PARENT_KEEPER)
			break;
		if (spare->n > PARENT_PARSERS) {
			close(fd);
			continue;
		}
		spare->children[spare->n].kind = kind;
		spare->children[spare->n++].fd = fd;
	}
	front->keeper = keeper_new(fd);
	return front->keeper == NULL ? -1 : 0;
}

static int
open_service(struct front *front, const struct config *config, struct err *e)
{
	struct spare spare = {.n = 0};
	size_t i;
	int rc;

	if (first_keeper(front, &spare) != 0)
		return err_set(e, ERR_BUSY, "keeper_unavailable",
		    "密钥进程没有启动", "the keeper did not start");
	if ((rc = service_open(config, front->keeper, &front->service, e)) != 0)
		return rc;
	for (i = 0; i < spare.n; i++)
		add_child(front->service, spare.children[i].kind,
		    spare.children[i].fd);
	return 0;
}

static void
block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* Without the proxy's word all callers have one address: its rates, and the
 * sessions bound to it, are everybody's. */
static void
say_ready(const struct front *front, const struct parent *parent)
{
	if (service_is_https(front->service) &&
	    !service_behind_proxy(front->service))
		log_line("front",
		    "public_url is https but behind_proxy is off in config.json: callers cannot be told apart by address");
	log_line("front", "ready: %s", parent->config->public_url);
}

static int
serve(struct front *front, const struct parent *parent, struct err *e)
{
	struct routes *routes = NULL;
	struct server *server = NULL;
	pthread_t children;
	sigset_t set;
	int signal_number, rc;

	block_signals(&set);
	/* Nobody may be waiting at the printer when one command is run. */
	if (parent->listen_fd >= 0 &&
	    (rc = service_print_waiting(front->service, e)) != 0)
		return rc;
	if ((rc = routes_start(front->service, parent->listen_fd,
		 parent->admin_fd, &routes, &server, e)) != 0)
		return rc;
	if (pthread_create(&children, NULL, take_children, front) != 0)
		return err_internal(e, "pthread_create");
	if (parent->listen_fd >= 0) /* not for the time of one command */
		say_ready(front, parent);
	sigwait(&set, &signal_number);
	server_stop(server);
	routes_free(routes);
	/* Nobody may add to a service that is being closed. */
	shutdown(front->control, SHUT_RDWR);
	pthread_join(children, NULL);
	return 0;
}

int
front_main(const struct parent *parent, int control)
{
	struct front front = {.control = control};
	struct err e = ERR_INIT;
	int rc;

	rc = confine(parent->config, &e);
	if (rc == 0)
		rc = open_service(&front, parent->config, &e);
	if (rc == 0)
		rc = serve(&front, parent, &e);
	if (rc == 0) {
		service_close(front.service);
		return 0;
	}
	serve_report(&e);
	/* A keeper that just died comes again; anything else will not mend
	 * itself by trying once more. */
	return rc == ERR_BUSY ? 1 : SERVE_EXIT_CONFIG;
}
