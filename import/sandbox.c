#include "import/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PK_SANDBOX_FILES = 128, PK_SANDBOX_PATH = 4096 };
#define PK_SANDBOX_FILE_MAX (INT64_C(8) << 30) /* bytes of one file it writes */

/* --- Landlock. Source: Linux, Documentation/userspace-api/landlock.rst --- */

#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define READ_DIR  LANDLOCK_ACCESS_FS_READ_DIR
#define WRITES                                                                           \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |                    \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR |                       \
     LANDLOCK_ACCESS_FS_MAKE_REG)
/* Everything the first ABI can govern is governed; what is not granted is denied. */
#define GOVERNED                                                                         \
    (READ_FILE | READ_DIR | WRITES | LANDLOCK_ACCESS_FS_EXECUTE |                        \
     LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK |                       \
     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                      \
     LANDLOCK_ACCESS_FS_MAKE_SYM)
#define ABI2_REFER    (UINT64_C(1) << 13)
#define ABI3_TRUNCATE (UINT64_C(1) << 14)
#define ABI5_IOCTL    (UINT64_C(1) << 15)

/* What the libraries read: their tables, and what the linker may load late. */
static const char *const readable[] = {
    "/usr/share/proj",  "/usr/share/gdal",
    "/usr/lib",         "/lib",
    "/lib64",           "/usr/lib64",
    "/etc/ld.so.cache", "/usr/share/zoneinfo",
    "/etc/localtime",   "/dev/null",
    "/dev/urandom",     "/proc/self/status",
    "/proc/meminfo",    "/sys/devices/system/cpu",
};

int pk_landlock_abi(void)
{
    long abi =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    return abi > 0 ? (int)abi : 0;
}

static bool allow(int rules, const char *path, uint64_t access)
{
    struct stat st;
    int fd = open(path, O_PATH | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return errno == ENOENT; /* not here: nothing to allow */
    }
    if (!S_ISDIR(st.st_mode)) {
        access &= READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE |
                  ABI3_TRUNCATE;
    }
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    bool ok =
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(fd);
    return ok;
}

static bool allow_links(int rules, const char *dir)
{
    char link[PK_SANDBOX_PATH];
    bool ok = true;
    DIR *list = opendir(dir);

    if (list == NULL) {
        return false;
    }
    for (struct dirent *e; (e = readdir(list)) != NULL;) {
        if (e->d_type != DT_LNK ||
            snprintf(link, sizeof(link), "%s/%s", dir, e->d_name) >= (int)sizeof(link)) {
            continue;
        }
        ok = allow(rules, link, READ_FILE) && ok;
    }
    closedir(list);
    return ok;
}

static enum pk_status enter_landlock(const struct pk_sandbox *box, struct pk_error *err)
{
    int abi = pk_landlock_abi();
    uint64_t own = READ_FILE | READ_DIR | WRITES;
    struct landlock_ruleset_attr all = {.handled_access_fs = GOVERNED};

    if (abi == 0) {
        if (box->require_landlock) {
            return pk_fail(err, PK_UNSUPPORTED,
                           "this kernel has no Landlock (import.require_landlock = no "
                           "reads without it)");
        }
        return PK_OK;
    }
    all.handled_access_fs |= abi >= 2 ? ABI2_REFER : 0;
    all.handled_access_fs |= abi >= 3 ? ABI3_TRUNCATE : 0;
    own |= abi >= 3 ? ABI3_TRUNCATE : 0;
    all.handled_access_fs |= abi >= 5 ? ABI5_IOCTL : 0;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
    bool ok = rules >= 0;
    for (size_t i = 0; ok && i < PK_COUNT(readable); i++) {
        /* Late-loaded libraries are mapped, which Landlock counts as reading. */
        ok = allow(rules, readable[i], READ_FILE | READ_DIR);
    }
    ok = ok && allow(rules, box->dir, own) && allow_links(rules, box->dir) &&
         syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (rules >= 0) {
        close(rules);
    }
    return ok ? PK_OK : pk_fail(err, PK_IO, "Landlock: %s", strerror(errno));
}

/* --- seccomp: what reading files and computing need, and nothing else --- */

static const int allowed[] = {
    SCMP_SYS(read),           SCMP_SYS(readv),
    SCMP_SYS(pread64),        SCMP_SYS(preadv),
    SCMP_SYS(write),          SCMP_SYS(writev),
    SCMP_SYS(pwrite64),       SCMP_SYS(lseek),
    SCMP_SYS(open),           SCMP_SYS(openat),
    SCMP_SYS(close),          SCMP_SYS(stat),
    SCMP_SYS(fstat),          SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),     SCMP_SYS(statx),
    SCMP_SYS(access),         SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),     SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),     SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),         SCMP_SYS(fcntl),
    SCMP_SYS(ftruncate),      SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),      SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),       SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),        SCMP_SYS(rename),
    SCMP_SYS(renameat),       SCMP_SYS(fadvise64),
    SCMP_SYS(statfs),         SCMP_SYS(fstatfs),
    SCMP_SYS(umask),          SCMP_SYS(poll),
    SCMP_SYS(ppoll),          SCMP_SYS(dup),
    SCMP_SYS(mmap),           SCMP_SYS(munmap),
    SCMP_SYS(mremap),         SCMP_SYS(mprotect),
    SCMP_SYS(madvise),        SCMP_SYS(brk),
    SCMP_SYS(membarrier),     SCMP_SYS(futex),
    SCMP_SYS(sched_yield),    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(clock_gettime),  SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),      SCMP_SYS(gettimeofday),
    SCMP_SYS(time),           SCMP_SYS(getrandom),
    SCMP_SYS(sysinfo),        SCMP_SYS(uname),
    SCMP_SYS(getpid),         SCMP_SYS(gettid),
    SCMP_SYS(getuid),         SCMP_SYS(geteuid),
    SCMP_SYS(getgid),         SCMP_SYS(getegid),
    SCMP_SYS(getrlimit),      SCMP_SYS(getrusage),
    SCMP_SYS(times),          SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),           SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),           SCMP_SYS(exit_group),
};

static enum pk_status enter_seccomp(struct pk_error *err)
{
    /* Denied calls fail with EPERM: a library that only tries goes on. */
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc = filter ? 0 : -ENOMEM;

    for (size_t i = 0; rc == 0 && i < PK_COUNT(allowed); i++) {
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
        if (rc == -EDOM) {
            rc = 0; /* no such call on this machine */
        }
    }
    /* abort() may tell, but only this process. */
    if (rc == 0) {
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                              SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    }
    if (rc == 0) {
        /* Its own limits may be read; pid 0 is itself, and no new limit is set. */
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
                              SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0));
    }
    if (rc == 0) {
        rc = seccomp_load(filter);
    }
    if (filter) {
        seccomp_release(filter);
    }
    return rc == 0 ? PK_OK : pk_fail(err, PK_IO, "seccomp: %s", strerror(-rc));
}

static bool limit(int what, int64_t value)
{
    struct rlimit most = {(rlim_t)value, (rlim_t)value};

    return setrlimit(what, &most) == 0;
}

/* A build with sanitizers is for tests alone, and two rules cannot hold in it.
 * AddressSanitizer reserves terabytes of address space, which is no memory; and to look
 * for leaks at the end it would stop this process with ptrace, which the filter denies:
 * leaks of the readers are found where tests read without a sandbox. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PK_LIMIT_ADDRESS_SPACE 0
#else
#define PK_LIMIT_ADDRESS_SPACE 1
#endif

#ifdef __SANITIZE_ADDRESS__
static bool entered;

int __lsan_is_turned_off(void); /* asked by the sanitizer */
int __lsan_is_turned_off(void)
{
    return entered;
}
#endif

enum pk_status pk_sandbox_enter(const struct pk_sandbox *box, struct pk_error *err)
{
    enum pk_status status;

    if ((PK_LIMIT_ADDRESS_SPACE && !limit(RLIMIT_AS, box->max_mb << 20)) ||
        !limit(RLIMIT_CPU, box->max_s) || !limit(RLIMIT_FSIZE, PK_SANDBOX_FILE_MAX) ||
        !limit(RLIMIT_NOFILE, PK_SANDBOX_FILES) || !limit(RLIMIT_CORE, 0) ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return pk_fail(err, PK_IO, "limits: %s", strerror(errno));
    }
#ifdef __SANITIZE_ADDRESS__
    entered = true;
#endif
    status = enter_landlock(box, err);
    if (status != PK_OK) {
        return status;
    }
    return enter_seccomp(err);
}
