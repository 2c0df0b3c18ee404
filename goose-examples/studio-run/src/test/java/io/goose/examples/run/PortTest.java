package io.goose.examples.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortTest {

    @Test
    void aTakenPort_isRefused_andTheMessageSaysHowToChooseAnother() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = other.getLocalPort();
            assertThatThrownBy(() -> new Port("page", taken, "http.port").requireFree())
                    .isInstanceOf(RunException.class)
                    .hasMessageContaining("port " + taken + " (page) is taken")
                    .hasMessageContaining("-Dhttp.port=");
        }
    }

    @Test
    void aFreePort_isAccepted() {
        assertThatCode(() -> new Port("page", Port.anyFree(), "http.port").requireFree())
                .doesNotThrowAnyException();
    }
}
