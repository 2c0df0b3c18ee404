package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.appserver.AppServer.Adapter;
import io.goose.it.server.Fault;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs of a message-driven bean whose rows and ends are one transaction of the container. */
abstract class XaInboundContract extends XaContract {

    XaInboundContract(AppServer.Kind kind) {
        super(kind, Adapter.OF_THE_ARCHIVE, Archives.XA_BEAN, List.of(InboundWork.values()));
    }

    private String run(String job) throws IOException {
        String key = server().key();
        server().post("jobs/" + job + "/" + XaServer.QUEUES_OF_BEAN.get(0) + "/" + key);
        server().awaitNothingLeft();
        server().awaitRecovered(); // the job goes before its branch, and that before the transaction of the row
        return key;
    }

    @Test
    void aJobAndItsRow_areDoneTogether() throws IOException {
        String key = run("row");

        assertThat(server().rows(key)).containsExactly(key);
    }

    @Test
    void aJobThatFails_leavesNoRow_andIsRetried() throws IOException {
        String key = run("failOnce");

        assertThat(server().rows(key)).containsExactly(key + "/2");
    }

    @Test
    void aJobThatMarksItsTransaction_leavesNoRow_andIsRetried() throws IOException {
        String key = run("markOnce");

        assertThat(server().rows(key)).containsExactly(key + "/2");
        assertThat(server().server().log().since(0)).contains("GOOSE-4220");
    }

    @Test
    void aJobThatIsAlone_isDone() throws IOException {
        run("alone");
    }

    @Test
    void aJobThatIsPrepared_isItsBranchs_longPastItsLease_andItsRowIsThereOnce() throws Exception {
        String key = server().key();
        Fault held = XaPoint.PREPARED.hold(server().proxy(), 1);
        InboundWork.ROW.begin(server(), key);
        held.await(Harness.LIMIT);
        server().kill();
        server().expireWorkers();
        assertThat(server().branches()).isEqualTo(1);

        server().startAgain();
        server().awaitRecovered();
        server().awaitNothingLeft();
        server().awaitRecovered();

        assertThat(server().rows(key)).containsExactly(key);
    }
}
