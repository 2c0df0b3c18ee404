package io.goose.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page says of a ledger's keys, and what is recorded there for other queues. */
class LedgerKeysTest {

    @Test
    void page_namesEveryKeyOfALedger() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "wire-format.md"));
        String table =
                page.substring(page.indexOf(":ledger:<target>:{<queue>}:"), page.indexOf(":ledger:<target>:queues"));
        List<String> printed = new ArrayList<>();
        Matcher rows = Pattern.compile("(?m)^\\| (`[^|]*) \\|").matcher(table);
        while (rows.find()) {
            printed.addAll(List.of(rows.group(1).replace("`", "").split(", ", -1)));
        }

        assertThat(printed).contains("call:<caller>");
        printed.remove("call:<caller>");
        List<String> ofFeatures = List.of("uniq", "result", "resultt"); // which only their own scripts are passed
        assertThat(printed).containsAll(ofFeatures);
        printed.removeAll(ofFeatures);
        assertThat(printed).containsExactlyInAnyOrderElementsOf(Script.LEDGER_KEEP.keys());
    }

    @Test
    void keysOfALedger_areInTheSlotOfTheirQueue_andNotThoseOfTheBroker() {
        QueueKeys ofLedger = new QueueKeys("goose:ledger:mq", "mail");
        QueueKeys ofBroker = new QueueKeys("goose", "mail");

        assertThat(text(ofLedger.key("body"))).isEqualTo("goose:ledger:mq:{mail}:body");
        assertThat(text(ofLedger.call("me.1"))).isEqualTo("goose:ledger:mq:{mail}:call:me.1");
        assertThat(ofLedger.of(Script.LEDGER_TAKE)).doesNotContainAnyElementsOf(ofBroker.of(Script.SETTLE));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void whatIsRecorded_isReadByItsLengths() {
        byte[] content = QueueKeys.bytes("5 3 0 A S 7\nothérjob\n{}");

        Recorded recorded = Recorded.of(content, 3);

        assertThat(recorded.texts()).extracting(LedgerKeysTest::text).containsExactly("othé", "rjo", "", "b\n{}");
        assertThat(recorded.rest()).containsExactly("A", "S", "7");
    }

    @Test
    void aCaller_repeatsItsNumberUntilItIsAnswered() {
        Callers callers = new Callers();
        Callers.Caller first = callers.take();
        String lost = text(first.nextOrSame());
        callers.giveBack(first);

        Callers.Caller again = callers.take();
        Callers.Caller another = callers.take();
        QueueKeys queue = new QueueKeys("goose:ledger:mq", "mail");

        assertThat(text(again.nextOrSame())).isEqualTo(lost);
        assertThat(text(another.key(queue))).isNotEqualTo(text(again.key(queue)));
        again.answered();
        assertThat(text(again.nextOrSame())).isNotEqualTo(lost);
    }
}
