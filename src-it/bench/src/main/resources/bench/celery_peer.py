"""Enqueues jobs that do nothing with Celery, each confirmed, then runs them with late acknowledgements.

Arguments: the URL of RabbitMQ, how many jobs, how many threads. Classic queues: Celery 5.2 knows no others.
"""
import os
import resource
import sys
import threading
import time

from celery import Celery, __version__

url, jobs, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
app = Celery("peer", broker=url)
app.conf.update(
    task_default_queue="celery-peer",
    task_acks_late=True,
    task_ignore_result=True,
    broker_transport_options={"confirm_publish": True},
    worker_prefetch_multiplier=10,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
)
begun = []
done = threading.Semaphore(0)


@app.task(name="noop")
def noop(text, number):
    begun.append(time.monotonic())
    done.release()


def processor_time():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def row(what, seconds, processor):
    print(f"Celery {__version__} {what}: {jobs / seconds:,.0f} jobs/s, CPU µs/job client {processor / jobs * 1e6:.1f}", flush=True)


def tell():
    for _ in range(jobs):
        done.acquire()
    row(f"execute, acks late, classic, {threads} threads", max(begun) - min(begun), processor_time() - used)
    os._exit(0)


used, start = processor_time(), time.monotonic()
for i in range(jobs):
    noop.delay("hello", i)
row("delay, confirmed, classic, 1 thread", time.monotonic() - start, processor_time() - used)
used = processor_time()
threading.Thread(target=tell, daemon=True).start()
app.Worker(pool="threads", concurrency=threads, loglevel="ERROR", quiet=True, without_gossip=True, without_mingle=True).start()
