"""CPython's server-held objects: a SyncManager's dict, list and Value, called through their proxies. measuring.py says how it is asked."""

from multiprocessing.managers import SyncManager

from measuring import ignore_interrupts, median_of, serve


def main():
    with SyncManager() as manager:
        shared_dict = manager.dict({f"key{i}": i for i in range(100)})
        shared_list = manager.list(range(100))
        value = manager.Value("q", 1)
        serve({
            "dict-get": median_of(lambda: shared_dict["key50"]),
            "dict-set": median_of(lambda: shared_dict.__setitem__("key50", 7)),
            "list-get": median_of(lambda: shared_list[50]),
            "value-get": median_of(lambda: value.value),
        })


if __name__ == "__main__":
    ignore_interrupts()
    main()
