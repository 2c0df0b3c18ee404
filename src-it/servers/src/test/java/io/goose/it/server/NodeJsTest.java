package io.goose.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NodeJsTest {

    @Test
    void nodeThatIsFound_runs() {
        NodeJs node = NodeJs.require();
        assertThat(node.version().major()).isGreaterThanOrEqualTo(18);
        assertThat(Commands.run(node.executable().toString(), "-p", "6 * 7").output())
                .isEqualTo("42");
    }
}
