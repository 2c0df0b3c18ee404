package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.appserver.TraceReceiver.Seen;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Traces that go on from requests into jobs, as the server itself sends them to a collector. */
interface TracingTests extends Topic {

    /** Where the server sends its spans. */
    TraceReceiver receiver();

    @Test
    default void aTrace_goesOnFromARequestThroughARetry_intoTheJobsOfTheJob_andIsOne() throws IOException {
        String key = harness().key();
        String id = harness().post("/probe/api/watched/first/" + key);
        harness().records().await(key + "/second");
        Harness.await(
                () -> "all spans of a trace have come, of " + traceOf(id),
                () -> ofKind(id, SpanKind.SPAN_KIND_SERVER) > 0
                        && ofKind(id, SpanKind.SPAN_KIND_PRODUCER) == 2
                        && runs(id, "#first").size() == 2 // the second job may run before the run that enqueues it ends
                        && runs(id, "#second").size() == 1);
        List<Seen> trace = traceOf(id);

        Seen send = only(trace, span -> isOf(span, id, SpanKind.SPAN_KIND_PRODUCER));
        assertThat(send.name()).isEqualTo("send default");
        assertThat(send.attribute("goose.broker")).isEqualTo("main");
        assertThat(runs(id, "#first")).allSatisfy(run -> {
            assertThat(run.name()).isEqualTo("process default");
            assertThat(run.parent()).isEqualTo(send.id());
            assertThat(run.links()).containsExactly(send.id());
        });
        Seen failed = only(
                runs(id, "#first"), run -> run.attribute("goose.job.attempt").equals("1"));
        assertThat(failed.failed()).isTrue();
        assertThat(failed.attribute("error.type")).isEqualTo(IllegalStateException.class.getName());
        Seen retried = only(
                runs(id, "#first"), run -> run.attribute("goose.job.attempt").equals("2"));
        assertThat(retried.failed()).isFalse();
        Seen second = only(
                trace,
                span -> span.kind() == SpanKind.SPAN_KIND_PRODUCER
                        && span.attribute("goose.job.handler").endsWith("#second"));
        assertThat(second.parent()).as("enqueued by the second run").isEqualTo(retried.id());
        assertThat(runs(id, "#second")).singleElement().satisfies(run -> assertThat(run.parent())
                .isEqualTo(second.id()));

        Set<String> ids = trace.stream().map(Seen::id).collect(Collectors.toSet());
        Seen root = only(trace, span -> span.parent().isEmpty());
        assertThat(root.kind()).as("the request").isEqualTo(SpanKind.SPAN_KIND_SERVER);
        assertThat(trace).filteredOn(span -> span != root).allSatisfy(span -> assertThat(ids)
                .as("whose parent is in the trace too: %s", span)
                .contains(span.parent()));
        assertThat(trace.toString()).as("no span quotes an argument").doesNotContain("planted");
    }

    private List<Seen> traceOf(String job) {
        List<Seen> all = receiver().spans();
        Set<String> traces = all.stream()
                .filter(span -> isOf(span, job, SpanKind.SPAN_KIND_PRODUCER))
                .map(Seen::trace)
                .collect(Collectors.toSet());
        return all.stream().filter(span -> traces.contains(span.trace())).toList();
    }

    private long ofKind(String job, SpanKind kind) {
        return traceOf(job).stream().filter(span -> span.kind() == kind).count();
    }

    private List<Seen> runs(String job, String handler) {
        return traceOf(job).stream()
                .filter(span -> span.kind() == SpanKind.SPAN_KIND_CONSUMER
                        && span.attribute("goose.job.handler").endsWith(handler))
                .toList();
    }

    private static boolean isOf(Seen span, String job, SpanKind kind) {
        return span.kind() == kind && span.attribute("messaging.message.id").equals(job);
    }

    private static Seen only(List<Seen> spans, Predicate<Seen> wanted) {
        return assertThat(spans).filteredOn(wanted).singleElement().actual();
    }
}
