/*
 * Apache's real mod_slotmem_shm.so without httpd: loads the module, stands in for the few functions of httpd that it calls, and does with its
 * provider what its standard input says, a line a call. The answer is a line: the APR status, then what there is to say.
 *
 *   driver MODULE RUNTIME_FOLDER
 *
 *   create NAME SIZE COUNT TYPE        attach NAME -> size count
 *   put I HEX    get I LENGTH -> hex   dptr I -> hex        doall [STOP] -> slots shown (the callback stops at the STOPth)
 *   grab -> i    fgrab I    release I  free -> n            slots -> n    size -> n
 *   race -> grabs until full, and says all numbers
 *   bench WHAT LENGTH CALLS -> ns a call: put, get (8 bytes and more), grab (and release), at slot 0
 *   end                                destroys the pool, which writes the persist file, and ends
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "httpd.h"
#include "http_config.h"
#include "http_log.h"
#include "ap_mpm.h"
#include "ap_provider.h"
#include "ap_slotmem.h"
#include "apr_general.h"
#include "apr_strings.h"

server_rec *ap_server_conf = NULL;
static const char *runtime_folder;
static const ap_slotmem_provider_t *provider;
static ap_HOOK_pre_config_t *pre_config;
static ap_HOOK_post_config_t *post_config;

AP_DECLARE(void) ap_hook_pre_config(ap_HOOK_pre_config_t *f, const char *const *a, const char *const *b, int n) { pre_config = f; }
AP_DECLARE(void) ap_hook_post_config(ap_HOOK_post_config_t *f, const char *const *a, const char *const *b, int n) { post_config = f; }
AP_DECLARE(int) ap_os_is_path_absolute(apr_pool_t *p, const char *path) { return path[0] == '/'; }
AP_DECLARE(char *) ap_runtime_dir_relative(apr_pool_t *p, const char *file) { return apr_pstrcat(p, runtime_folder, "/", file, NULL); }

AP_DECLARE(apr_status_t) ap_mpm_query(int query, int *result)
{
    *result = 0;
    return APR_SUCCESS;
}

AP_DECLARE(apr_status_t) ap_register_provider(apr_pool_t *p, const char *group, const char *name, const char *version, const void *what)
{
    provider = what;
    return APR_SUCCESS;
}

AP_DECLARE(void) ap_log_error_(const char *file, int line, int module, int level, apr_status_t status, const server_rec *s, const char *format, ...)
{
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static void print_hex(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        printf("%02x", bytes[i]);
    }
}

struct shown { int count; int stop; };

static apr_status_t show(void *slot, void *data, apr_pool_t *pool)
{
    struct shown *shown = data;
    return ++shown->count == shown->stop ? APR_EGENERAL : APR_SUCCESS;
}

static double bench(ap_slotmem_instance_t *table, const char *what, int length, long calls, unsigned char *buffer)
{
    unsigned int id;
    double start = now();
    if (strcmp(what, "put") == 0) {
        for (long i = 0; i < calls; i++) {
            provider->put(table, 0, buffer, length);
        }
    }
    else if (strcmp(what, "get") == 0) {
        for (long i = 0; i < calls; i++) {
            provider->get(table, 0, buffer, length);
        }
    }
    else if (strcmp(what, "grab") == 0) {
        for (long i = 0; i < calls; i++) {
            provider->grab(table, &id);
            provider->release(table, id);
        }
    }
    else if (strcmp(what, "free") == 0) {
        for (long i = 0; i < calls; i++) {
            id = provider->num_free_slots(table);
        }
    }
    return (now() - start) / calls;
}

int main(int argc, char **argv)
{
    static char line[1 << 20], command[16], name[1 << 12], hex[1 << 19];
    static unsigned char buffer[1 << 18];
    ap_slotmem_instance_t *table = NULL;
    apr_pool_t *pool;

    if (argc != 3 || apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 2;
    }
    runtime_folder = argv[2];
    void *library = dlopen(argv[1], RTLD_NOW);
    module *slotmem = library ? dlsym(library, "slotmem_shm_module") : NULL;
    if (!slotmem) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    slotmem->register_hooks(pool);
    if (!provider || !pre_config || pre_config(pool, pool, pool) != OK || !post_config) {
        fprintf(stderr, "the module did not start\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("ready\n");

    while (fgets(line, sizeof line, stdin) && sscanf(line, "%15s", command) == 1) {
        unsigned int id = 0, count = 0, type = 0;
        unsigned long size = 0;
        long calls = 0;
        int length = 0;
        apr_status_t status;
        if (strcmp(command, "create") == 0 && sscanf(line, "%*s %4095s %lu %u %u", name, &size, &count, &type) == 4) {
            printf("%d\n", provider->create(&table, name, size, count, type, pool));
        }
        else if (strcmp(command, "attach") == 0 && sscanf(line, "%*s %4095s", name) == 1) {
            apr_size_t found = 0;
            status = provider->attach(&table, name, &found, &count, pool);
            printf("%d %lu %u\n", status, (unsigned long)found, count);
        }
        else if (strcmp(command, "put") == 0 && sscanf(line, "%*s %u %524287s", &id, hex) == 2) {
            length = strlen(hex) / 2;
            for (int i = 0; i < length; i++) {
                sscanf(hex + 2 * i, "%2hhx", buffer + i);
            }
            printf("%d\n", provider->put(table, id, buffer, length));
        }
        else if (strcmp(command, "get") == 0 && sscanf(line, "%*s %u %d", &id, &length) == 2) {
            status = provider->get(table, id, buffer, length);
            printf("%d ", status);
            print_hex(buffer, status == APR_SUCCESS ? length : 0);
            printf("\n");
        }
        else if (strcmp(command, "dptr") == 0 && sscanf(line, "%*s %u", &id) == 1) {
            void *slot = NULL;
            status = provider->dptr(table, id, &slot);
            printf("%d ", status);
            print_hex(slot, status == APR_SUCCESS ? provider->slot_size(table) : 0);
            printf("\n");
        }
        else if (strcmp(command, "doall") == 0) {
            struct shown shown = { 0, 0 };
            sscanf(line, "%*s %d", &shown.stop);
            status = provider->doall(table, show, &shown, pool);
            printf("%d %d\n", status, shown.count);
        }
        else if (strcmp(command, "grab") == 0) {
            status = provider->grab(table, &id);
            printf("%d %u\n", status, id);
        }
        else if (strcmp(command, "fgrab") == 0 && sscanf(line, "%*s %u", &id) == 1) {
            printf("%d\n", provider->fgrab(table, id));
        }
        else if (strcmp(command, "release") == 0 && sscanf(line, "%*s %u", &id) == 1) {
            printf("%d\n", provider->release(table, id));
        }
        else if (strcmp(command, "free") == 0) {
            printf("0 %u\n", provider->num_free_slots(table));
        }
        else if (strcmp(command, "slots") == 0) {
            printf("0 %u\n", provider->num_slots(table));
        }
        else if (strcmp(command, "size") == 0) {
            printf("0 %lu\n", (unsigned long)provider->slot_size(table));
        }
        else if (strcmp(command, "race") == 0) {
            printf("0");
            while (provider->grab(table, &id) == APR_SUCCESS) {
                printf(" %u", id);
            }
            printf("\n");
        }
        else if (strcmp(command, "bench") == 0 && sscanf(line, "%*s %15s %d %ld", name, &length, &calls) == 3) {
            printf("0 %f\n", bench(table, name, length, calls, buffer));
        }
        else if (strcmp(command, "end") == 0) {
            break;
        }
        else {
            printf("-1 not understood\n");
        }
    }
    /* As in httpd, the module's hook comes after the creations: what it registers with the pool then runs before the segments are unmapped. */
    post_config(pool, pool, pool, NULL);
    apr_pool_destroy(pool);
    printf("ended\n");
    return 0;
}
