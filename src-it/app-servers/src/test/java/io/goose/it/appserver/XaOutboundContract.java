package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.Fsync;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of an XA data source and jobs of two queues in one transaction, which ends in every way. */
abstract class XaOutboundContract extends XaContract {

    XaOutboundContract(AppServer.Kind kind, String jndi) {
        super(kind, jndi, Archives.XA, List.of(OutboundWork.values()));
    }

    private String work(String unit, String what, String end, String key) throws IOException {
        return server().post("work/" + unit + "/" + what + "/" + end + "/" + key);
    }

    @Test
    void aRowAndItsJobs_areThereAfterTheCommit_andNotAfterARollback() throws IOException {
        String stays = server().key();
        String goes = server().key();

        assertThat(work("cdi", "rowFirst", "commit", stays)).isEmpty();
        assertThat(work("cdi", "rowFirst", "exception", goes)).contains("as told");

        server().awaitNothingLeft();
        assertRowsAndJobs(stays, OutboundWork.ROW_FIRST, true, "commit");
        assertRowsAndJobs(goes, OutboundWork.ROW_FIRST, false, "exception");
    }

    @ParameterizedTest
    @Tag("matrix")
    @CsvSource({
        "cdi, rowFirst, commit, true",
        "cdi, jobsFirst, commit, true",
        "ejb, rowFirst, commit, true",
        "ejb, jobsFirst, commit, true",
        "cdi, jobsFirst, exception, false",
        "ejb, rowFirst, exception, false",
        "ejb, jobsFirst, exception, false",
        "cdi, rowFirst, rollbackOnly, false",
        "cdi, jobsFirst, rollbackOnly, false",
        "ejb, rowFirst, rollbackOnly, false",
        "ejb, jobsFirst, rollbackOnly, false"
    })
    void rowsAndJobsShareTheEnd(String unit, String what, String end, boolean stays) throws IOException {
        String key = server().key();

        String thrown = work(unit, what, end, key);

        assertThat(thrown.isEmpty()).as("what was thrown: " + thrown).isEqualTo(!end.equals("exception"));
        server().awaitNothingLeft();
        assertRowsAndJobs(key, OutboundWork.ROW_FIRST, stays, end);
        assertNothingIsPrepared();
    }

    @ParameterizedTest
    @Tag("matrix")
    @CsvSource({"cdi, jobsAlone, 2", "ejb, jobsAlone, 2", "cdi, jobAlone, 1", "ejb, jobAlone, 1"})
    void aConnectionThatIsTheOnlyResource_commitsAndRollsBack(String unit, String what, int jobs) throws IOException {
        String stays = server().key();
        String goes = server().key();

        assertThat(work(unit, what, "commit", stays)).isEmpty();
        assertThat(work(unit, what, "exception", goes)).contains("as told");

        server().awaitNothingLeft();
        assertThat(server().ran(stays)).hasSize(jobs).doesNotHaveDuplicates();
        assertThat(server().ran(goes)).isEmpty();
        assertNothingIsPrepared();
    }

    /** The first time a connection is used it says so at once, later with the vote. */
    @ParameterizedTest
    @Tag("matrix")
    @CsvSource({"cdi, rowFirst", "ejb, jobsFirst", "cdi, jobsAlone"})
    void aServerThatMayForget_letsTheTransactionBeRolledBack(String unit, String what) throws IOException {
        String before = server().key();
        assertThat(work(unit, "rowFirst", "commit", before)).isEmpty();
        String refused = server().key();
        long length = server().server().log().length();

        server().fsync(Fsync.EVERYSEC);
        try {
            String thrown = work(unit, what, "commit", refused);

            assertThat(thrown).as("what was thrown").isNotEmpty();
            assertThat(thrown + server().server().log().since(length))
                    .contains("GOOSE-3210")
                    .contains("appendfsync=everysec");
        } finally {
            server().fsync(Fsync.ALWAYS);
        }
        server().awaitNothingLeft();
        assertThat(server().rows(refused)).isEmpty();
        assertThat(server().ran(refused)).isEmpty();
        assertNothingIsPrepared();
        String after = server().key();
        assertThat(work(unit, "jobsFirst", "commit", after)).isEmpty();
        server().awaitNothingLeft();
        assertRowsAndJobs(after, OutboundWork.JOBS_FIRST, true, "commit afterwards");
    }

    @ParameterizedTest
    @Tag("matrix")
    @CsvSource({"cdi", "ejb"})
    void aUniqueJob_isRefused_andTheRowGoes(String unit) throws IOException {
        String key = server().key();

        assertThat(work(unit, "unique", "commit", key)).contains("GOOSE-3212");

        server().awaitNothingLeft();
        assertThat(server().rows(key)).isEmpty();
        assertThat(server().ran(key)).isEmpty();
        assertNothingIsPrepared();
    }

    private void assertNothingIsPrepared() throws IOException {
        assertThat(server().branches()).as("branches at Redis").isZero();
        assertThat(server().prepared()).as("prepared in the database").isZero();
    }
}
