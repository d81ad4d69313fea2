import { HeatmapChart, PieChart, SankeyChart } from 'echarts/charts';
import { VisualMapContinuousComponent } from 'echarts/components';
import { use } from 'echarts/core';

/** What few dashboards need, loaded with the first chart that does. */
use([PieChart, SankeyChart, HeatmapChart, VisualMapContinuousComponent]);
